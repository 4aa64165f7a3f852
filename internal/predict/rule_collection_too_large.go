package predict

import (
	"strconv"
	"strings"

	"postman-microcks-importer/internal/jackson"
)

var collectionTooLarge = Rule{
	ID: "PMI033", Name: "collection-too-large", Level: Error,
	Text: "Microcks stores the whole text of a collection in one document of its database, which may have 16 MB. Beyond that the server answers 500.",
	Hint: "Split the collection, or shorten large example bodies.",
	Bad:  Sample{Note: "A collection of 16.1 MB.", Make: func() []byte { return padded(maxDocument + 100_000) }},
	Good: Sample{},
	check: func(s *subject, report report) {
		if s.Cause != nil && s.Cause.Kind == TooLarge {
			report(jackson.Value{}, "the collection has "+megabytes(len(s.Document.Raw))+", more than the 16 MB that Microcks can store")
		}
	},
}

// padded is a collection of that many bytes.
func padded(size int) []byte {
	head := `{"collection":{"info":{"name":"Pets","description":"version=1.0 - `
	tail := `"},"item":[]}}`
	return []byte(head + strings.Repeat("x", size-len(head)-len(tail)) + tail)
}

func megabytes(n int) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}
