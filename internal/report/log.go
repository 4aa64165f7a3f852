package report

import (
	"slices"
	"strings"

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
//	error: Pet Store, Orders, Customers and 1 more: importing: Microcks answered 500
//	also: Payments
//	hint: look into the log of Microcks
//	see: docs/troubleshooting.md#microcks-500
//	failed: 4 of 9 collections failed; 5 unchanged
//
// The lines hold no control characters. They are untrusted all the same: the
// runner must not take them for commands.
//
// On GitHub the place in the documents is a link to them, as c says.
func Log(r *result.Result, c Context) []string {
	var lines []string
	for _, g := range problems(r) {
		lines = append(lines, levels[g.Level]+": "+g.about()+text.Line(string(g.what())))
		lines = append(lines, otherNames(g)...)
		if g.Hint != "" {
			lines = append(lines, "hint: "+text.Line(string(g.Hint)))
		}
		if anchor.MatchString(g.Anchor) {
			lines = append(lines, "see: "+Troubleshooting(c.DocsURL, g.Anchor))
		}
	}
	for _, far := range howFar(r) {
		lines = append(lines, "how far: "+far)
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

// otherNames are those of the collections that failed by the same and do not stand in
// front of it, some in a line.
func otherNames(t told) (lines []string) {
	const inLine, mostOfName = 10, 80
	if t.Level != result.Error || len(t.collections) <= mostNamed {
		return nil
	}
	for some := range slices.Chunk(t.collections[mostNamed:], inLine) {
		names := make([]string, len(some))
		for i, c := range some {
			names[i] = text.Cut(title(c), mostOfName)
		}
		lines = append(lines, "also: "+text.Line(strings.Join(names, ", ")))
	}
	return lines
}

// howFar says what was done for the collections that failed, once for those for which
// it is the same.
func howFar(r *result.Result) (lines []string) {
	for _, t := range grouped(pointers(r), func(c *result.Collection) string {
		if c.Failed() {
			return deedsOf(c)
		}
		return ""
	}) {
		lines = append(lines, text.Line(t.about()+string(t.Text)))
	}
	return lines
}
