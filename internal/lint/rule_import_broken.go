package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var importBroken = Rule{
	ID: "PMI038", Name: "import-broken", Level: result.Error,
	Text:  "The server refuses or breaks this import for a reason that no other finding names.",
	Hint:  "look at the message, and at the server's log",
	Bad:   Sample{}, // none is known
	Good:  Sample{},
	check: func(*subject, *reporter) {}, // explain runs when all others have
}

// explain tells of a broken import that no error explains.
func explain(s *subject, r *reporter) {
	switch {
	case s.Outcome == predict.Crashed:
		r.whole("Microcks will answer with an internal error: %s", CauseText(s.Cause))
	case s.ImportErrorUnknown:
		r.whole("Microcks takes this for something other than a collection and will refuse it")
	default:
		r.whole("Microcks will refuse this import: %s", quote(s.ImportError))
	}
}
