package report

import (
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// The page that the anchors of problems are in, in the folder docs and in the
// repository.
const (
	troubleshootingPage = "troubleshooting.md"
	troubleshooting     = "docs/" + troubleshootingPage
)

// Troubleshooting is where a place in the documents is: an address below docsURL,
// or where that is empty a path in the repository.
func Troubleshooting(docsURL, anchor string) string {
	if docsURL == "" {
		return troubleshooting + "#" + anchor
	}
	return docsURL + "/" + troubleshootingPage + "#" + anchor
}

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
//
// On GitHub the place in the documents is a link to them, as c says.
func Log(r *result.Result, c Context) []string {
	var lines []string
	for _, g := range problems(r) {
		lines = append(lines, levels[g.Level]+": "+g.about()+text.Line(string(what(g.Problem))))
		if g.Hint != "" {
			lines = append(lines, "hint: "+text.Line(string(g.Hint)))
		}
		if anchor.MatchString(g.Anchor) {
			lines = append(lines, "see: "+Troubleshooting(c.DocsURL, g.Anchor))
		}
	}
	for i := range r.Collections {
		c := &r.Collections[i]
		if done := deedsOf(c); c.Failed() && done != "" {
			lines = append(lines, "how far: "+text.Line(title(c)+": "+done))
		}
	}
	for _, said := range callsOf(r) {
		lines = append(lines, "calls: "+said)
	}
	if r.Interrupted != nil {
		lines = append(lines, "interrupted: "+text.Line(string(r.Interrupted.Cause)))
	}
	state := "done"
	if r.Status == result.Failed || r.Interrupted != nil {
		state = "failed"
	}
	return append(lines, state+": "+text.Line(outcome(r)))
}
