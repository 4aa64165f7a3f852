package report

import (
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/result"
)

// troubleshooting is the page that the anchors of problems are in.
const troubleshooting = "docs/troubleshooting.md"

// Log tells the problems and the outcome to a person at a terminal, one string a
// line:
//
//	error: Pet Store: importing: Microcks answered 500
//	hint: look into the log of Microcks
//	see: docs/troubleshooting.md#microcks-500
//	failed: Pet Store: not imported, nothing was written
//
// The lines hold no control characters. They are untrusted all the same: the
// runner must not take them for commands.
func Log(r *reconcile.Result) []string {
	var lines []string
	for _, g := range problems(r) {
		lines = append(lines, word(g.Level)+": "+g.about()+clean(g.Text))
		if g.Hint != "" {
			lines = append(lines, "hint: "+clean(g.Hint))
		}
		if anchor.MatchString(g.Anchor) {
			lines = append(lines, "see: "+troubleshooting+"#"+g.Anchor)
		}
	}
	if r.Interrupted != "" {
		lines = append(lines, "interrupted: "+clean(r.Interrupted))
	}
	state := "done"
	if r.Status == reconcile.Failed || r.Interrupted != "" {
		state = "failed"
	}
	return append(lines, state+": "+clean(outcome(r)))
}

func word(l result.Level) string {
	switch l {
	case result.Error:
		return "error"
	case result.Warning:
		return "warning"
	}
	return "note"
}
