package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// nearLimit is the size from which a collection is called near the limit.
const nearLimit = 15 << 20

var collectionNearLimit = Rule{
	ID: "PMI034", Name: "collection-near-limit", Level: result.Warning,
	Text: "Microcks cannot store a collection of more than 16 MB. What Postman's API serves may be longer than an exported file, " +
		"and it grows.",
	Hint: "split the collection, or shorten large example bodies, before it reaches 16 MB",
	Bad:  Sample{Note: "A collection of 15.5 MB.", Make: func() []byte { return padded(15<<20 + 1<<19) }},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if len(s.Document.Raw) >= nearLimit && (s.Cause == nil || s.Cause.Kind != predict.TooLarge) && s.Document.Parsed() {
			r.whole("the collection has %s; Microcks stores up to 16 MB", megabytes(len(s.Document.Raw)))
		}
	},
}
