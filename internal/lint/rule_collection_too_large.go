package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var collectionTooLarge = Rule{
	ID: "PMI033", Name: "collection-too-large", Level: result.Error,
	Text: "Microcks stores the whole text of a collection in one document of its database, which can have at most 16 MB. Beyond that the " +
		"server answers 500.",
	Hint: "split the collection, or shorten large example bodies",
	Bad:  Sample{Note: "A collection of 16.1 MB.", Make: func() []byte { return padded(16<<20 + 100_000) }},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if s.Cause != nil && s.Cause.Kind == predict.TooLarge {
			r.whole("the collection has %s, more than the 16 MB that Microcks can store", megabytes(len(s.Document.Raw)))
		}
	},
}
