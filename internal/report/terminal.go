package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// What a person reads at a terminal keeps to these rules:
//
//   - It ends with the outcome in one line: that is what stands above the prompt.
//   - What failed goes to standard error as error, hint and see, so that it is seen
//     where standard output goes elsewhere. All else goes to standard output.
//   - What is the same everywhere is told once, what nobody has to act on is counted.
//   - Colour only stresses what the words say.
//   - No line is wider than the terminal, but for what people copy: an address stays
//     whole and in one piece.
//   - What others wrote has no control characters: it moves no cursor and sets no title.

// Screen is what a person reads at.
type Screen struct {
	Context
	Width  int  // columns; 0 is as many as it takes, and 80 for tables
	Colour bool // of standard output
	// FailuresInColour: standard error takes colours.
	FailuresInColour bool
}

// The most that a screen lists of a kind.
const (
	mostScreenRows     = 40 // collections
	fewRows            = 10 // are all shown
	mostScreenRules    = 12 // of one collection
	mostScreenMocks    = 10
	mostScreenPlaces   = 3 // of one rule
	mostScreenChanges  = 20
	mostScreenProblems = 20
)

// Terminal is the run for a person at a terminal: what goes to standard output, and
// what failed, for standard error.
func Terminal(r *result.Result, to Screen) (report, failures string) {
	s := &screen{Screen: to, r: r}
	s.circumstances()
	s.collections()
	s.plan()
	s.leftovers()
	s.difference()
	s.findings()
	s.mocks()
	s.calls()
	failed := &screen{Screen: to, r: r}
	failed.Colour = to.FailuresInColour
	s.problems(failed)
	s.outcome()
	return s.String(), failed.String()
}

// screen is text for a terminal under construction.
type screen struct {
	strings.Builder
	Screen
	r *result.Result
}

// Emphases.
type emphasis string

const (
	strong  emphasis = "1"
	faint   emphasis = "2"
	bad     emphasis = "31"
	good    emphasis = "32"
	careful emphasis = "33"
)

var ofLevel = map[result.Level]emphasis{result.Error: bad, result.Warning: careful, result.Note: faint}

func (s *screen) stressed(e emphasis, words string) string {
	if !s.Colour || e == "" || words == "" {
		return words
	}
	return "\x1b[" + string(e) + "m" + words + "\x1b[0m"
}

// wrapped writes a label and a text in lines that fit, from the second on behind an
// indentation. What is longer than a line, such as an address, stays whole.
func (s *screen) wrapped(label string, of emphasis, indent string, e emphasis, words string) {
	label = text.Line(label)
	line, column, begun := "", text.Width(label), false
	s.WriteString(s.stressed(of, label))
	for _, word := range strings.Fields(text.Line(words)) {
		width := text.Width(word)
		switch {
		case begun && s.Width > 0 && column+1+width > s.Width:
			s.line(line, e)
			s.WriteString(indent)
			line, column = word, text.Width(indent)+width
			continue
		case begun:
			line, column = line+" ", column+1
		}
		line, column, begun = line+word, column+width, true
	}
	s.line(line, e)
}

func (s *screen) line(words string, e emphasis) { s.WriteString(s.stressed(e, words) + "\n") }

// section begins a part with a title.
func (s *screen) section(title string) { s.WriteString("\n" + s.stressed(strong, title) + "\n") }

// calls tells of calls of the Postman API.
func (s *screen) calls() {
	all := callsOf(s.r)
	if len(all) > 0 {
		s.WriteString("\n")
	}
	for _, said := range all {
		s.wrapped("", "", "", "", said)
	}
}

func (s *screen) circumstances() {
	parts := []string{"mode " + string(s.r.Mode)}
	if s.r.Mode == "" {
		return
	}
	if s.r.ModeReason != "" {
		parts[0] += " (" + text.Line(s.r.ModeReason) + ")"
	}
	if s.r.Server != nil {
		server := "Microcks" + serverVersion(s.r)
		if s.r.Server.URL != "" {
			server += " at " + s.r.Server.URL
		}
		if s.r.Server.Account != "" {
			server += ", signed in as " + s.r.Server.Account
		}
		parts = append(parts, server)
	}
	if s.r.DurationMillis > 0 {
		parts = append(parts, seconds(time.Duration(s.r.DurationMillis)*time.Millisecond))
	}
	s.wrapped("", "", "", faint, strings.Join(parts, " · "))
}

// collections are a table of those that there is something to tell of. Of one, the
// outcome tells all.
func (s *screen) collections() {
	if len(s.r.Collections) < 2 {
		return
	}
	order := byUrgency(s.r)
	listed := slices.DeleteFunc(slices.Clone(order), func(c *result.Collection) bool { return urgency(c) == calm })
	if len(order) <= fewRows {
		listed = order
	}
	listed = listed[:min(len(listed), mostScreenRows)]
	rows := [][]string{{"COLLECTION", "OPERATIONS", "EXAMPLES", "CHANGE", "FINDINGS"}}
	for _, c := range listed {
		operations, examples := "–", "–"
		if shown(s.r, c) {
			operations, examples = fmt.Sprint(c.Service.CountOperations()), fmt.Sprint(c.Service.Examples())
		}
		rows = append(rows, []string{title(c), operations, examples, changeOf(s.r, c), findingsCell(c)})
	}
	s.WriteString("\n")
	s.table(rows, func(row int) emphasis {
		switch {
		case row == 0:
			return strong
		case listed[row-1].Failed():
			return bad
		}
		return ""
	})
	if n := len(order) - len(listed); n > 0 {
		s.line("and "+quietTitle(s.r, order[len(listed):]), faint)
	}
}

// usualWidth is how wide a table is where nothing says it.
const usualWidth = 80

// table writes rows whose first column takes the room that the others leave. Columns
// of numbers go where even so it does not fit.
func (s *screen) table(rows [][]string, stress func(row int) emphasis) {
	const gap, least = 2, 12
	room := cmp.Or(s.Width, usualWidth)
	var widths []int
	for {
		widths = make([]int, len(rows[0]))
		for _, row := range rows {
			for i := range row {
				row[i] = text.Line(row[i])
				widths[i] = max(widths[i], text.Width(row[i]))
			}
		}
		rest := room
		for i := len(widths) - 1; i > 0; i-- {
			widths[i] = min(widths[i], room/3)
			rest -= widths[i] + gap
		}
		widths[0] = min(widths[0], max(least, rest))
		if rest >= least || len(widths) == 2 {
			break
		}
		for k, row := range rows {
			rows[k] = slices.Delete(row, 1, 2)
		}
	}
	for k, row := range rows {
		line := ""
		for i, cell := range row {
			cell = text.Fit(cell, widths[i])
			space := strings.Repeat(" ", max(0, widths[i]-text.Width(cell)))
			if numbers := i > 0 && i < len(row)-2; numbers {
				line += space + cell
			} else {
				line += cell + space
			}
			line += strings.Repeat(" ", gap)
		}
		s.line(strings.TrimRight(line, " "), stress(k))
	}
}

// plan is what an apply would do, field by field.
func (s *screen) plan() {
	if s.r.Mode != result.Plan || !s.r.Due() {
		return
	}
	var lines []string
	for _, secret := range s.r.DueSecrets() {
		lines = append(lines, fmt.Sprintf("%s secret \"%s\"%s", verbs[secret.Change].todo, secret.Name, fieldsIn(secret.Fields)))
	}
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		if !c.Due() || c.Way().Change == result.Create && len(s.r.Collections) > 1 { // the table says all of what is new
			continue
		}
		if n := c.Way(); n.Change != result.Keep && n.Change != "" {
			said := verbs[n.Change].todo + " " + objectOf(c)
			if n.Change == result.Update {
				said += fieldsIn(n.Fields)
			}
			lines = append(lines, said)
		}
		if c.Way().Import != nil {
			lines = append(lines, fmt.Sprintf("%s %s: %s", importing(c), title(c), reason(c.Way().Import)))
		}
	}
	if len(lines) == 0 {
		return
	}
	s.section("What apply would do")
	for _, line := range lines[:min(len(lines), mostScreenChanges)] {
		s.wrapped("  ", "", "    ", "", line)
	}
	s.more(len(lines) - mostScreenChanges)
}

// fieldsIn are changed fields behind an object.
func fieldsIn(fields []result.FieldChange) string {
	var all []string
	for _, f := range fields {
		all = append(all, string(fieldName(f)))
	}
	if len(all) == 0 {
		return ""
	}
	return ": " + text.Few(all, ", ", 6)
}

// more says how many were left out.
func (s *screen) more(n int) {
	if n > 0 {
		s.wrapped("  ", "", "  ", faint, fmt.Sprintf("and %d more; --output=json has all of them", n))
	}
}

func (s *screen) difference() {
	if replayed(s.r) {
		s.consumers()
		return
	}
	all := breakingFirst(s.r)
	if len(all) == 0 {
		return
	}
	s.section(differenceTitle(s.r))
	for _, d := range all[:min(len(all), mostScreenChanges)] {
		e, said := emphasis(""), string(d.Kind)
		if d.Breaking {
			e, said = bad, "breaking, "+said
		}
		if len(d.Fields) > 0 {
			parts := make([]string, len(d.Fields))
			for i, part := range d.Fields {
				parts[i] = part.Words()
			}
			said += " (" + strings.Join(parts, ", ") + ")"
		}
		what := string(d.Operation)
		if d.Example != "" {
			what += fmt.Sprintf(", example \"%s\"", d.Example)
		}
		if len(s.r.Collections) > 1 {
			what = title(d.of) + ": " + what
		}
		s.wrapped("  ", "", "    ", e, what+": "+said)
	}
	s.more(len(all) - mostScreenChanges)
}

// consumers tells what consumers of the mocks would notice, what breaks first.
func (s *screen) consumers() {
	all := noticing(s.r)
	if len(all) == 0 {
		return
	}
	s.section(differenceTitle(s.r))
	for _, n := range all[:min(len(all), mostScreenChanges)] {
		e := emphasis("")
		if n.Breaking {
			e = bad
		}
		line := noticeLine(n.Notice)
		if len(s.r.Collections) > 1 {
			line = n.of + ": " + line
		}
		s.wrapped("  ", "", "    ", e, line)
	}
	s.more(len(all) - mostScreenChanges)
}

// findings are grouped by rule, the worst first. Of several collections only what
// somebody has to act on is told.
func (s *screen) findings() {
	var all []result.Finding
	of := map[*result.Finding]*result.Collection{}
	places := []*result.Finding{}
	several := len(s.r.Collections) > 1
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		for k := range c.Findings {
			if f := &c.Findings[k]; !several || f.Level != result.Note {
				all, places = append(all, *f), append(places, f)
				of[f] = c
			}
		}
	}
	groups := byRule(all)
	if len(groups) == 0 {
		return
	}
	s.section("Findings")
	for _, g := range groups[:min(len(groups), mostScreenRules)] {
		s.rule(g, places, of)
	}
	s.more(len(groups) - mostScreenRules)
}

func (s *screen) rule(g ruleFindings, all []*result.Finding, of map[*result.Finding]*result.Collection) {
	first := g.findings[0]
	head := "  " + levels[g.level] + " " + g.id
	if len(g.findings) > 1 {
		head += fmt.Sprintf(", %d times", len(g.findings))
	}
	s.wrapped(head+": ", ofLevel[g.level], "      ", "", string(first.Message))
	if first.Hint != "" {
		s.wrapped("      hint: ", faint, "      ", faint, first.Hint)
	}
	var places []string
	for _, f := range all {
		if len(places) == mostScreenPlaces {
			break
		}
		if !g.has(f) {
			continue
		}
		at := screenPlace(of[f].File, *f)
		if len(s.r.Collections) > 1 && of[f].File == "" {
			at = title(of[f]) + ": " + at
		}
		places = append(places, at)
	}
	if n := len(g.findings) - len(places); n > 0 {
		places = append(places, fmt.Sprintf("and %d more", n))
	}
	s.wrapped("      at ", faint, "      ", faint, strings.Join(places, "; "))
}

// screenPlace is where a finding is: in a file as editors and terminals make a link of
// it.
func screenPlace(file text.Untrusted, f result.Finding) string {
	if file = fileOf(file, &f); file == "" || f.Line == 0 {
		return place(file, f)
	}
	at := fmt.Sprintf("%s:%d:%d", file, f.Line, f.Column)
	if path := join(" > ", f.Path...); path != "" {
		at += " (" + string(path) + ")"
	}
	return at
}

// mocks are the addresses to call, and what was proved of them.
func (s *screen) mocks() {
	begun := false
	if len(s.r.Collections) > mostScreenMocks { // the table has them
		return
	}
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		if !shown(s.r, c) || c.Service.MockURL == "" || c.Service.ID == "" {
			continue
		}
		if !begun {
			s.section("Mocks")
			begun = true
		}
		s.line("  "+text.Line(string(c.Service.MockURL)), "")
		if v := c.Verified; v != nil && v.Scope == result.ScopeMocks {
			e := good
			if v.Mocks != nil && v.Mocks.Otherwise > 0 {
				e = bad
			}
			s.wrapped("    ", "", "    ", e, verified(v))
			s.notProved(v.Mocks)
		}
	}
}

// notProved names operations whose mocks did not answer as saved, and why, the worst
// first.
func (s *screen) notProved(m *result.Mocks) {
	if m == nil {
		return
	}
	const most = 5
	for i := range m.Operations {
		o := &m.Operations[i]
		if o.Outcome == result.MockProved {
			return
		}
		if i == most {
			s.line(fmt.Sprintf("    and %d more", m.Count()-m.Proved-most), faint)
			return
		}
		why := o.Otherwise()
		switch {
		case o.Outcome == result.MockSpoilt:
			why = string(flaws[o.Flaw])
		case o.Outcome == result.MockNotCalled && len(o.NotCalled) > 0:
			why = "not called: " + string(callReasons[o.NotCalled[0].Reason])
		}
		s.wrapped("    ", "", "      ", faint, text.Line(string(o.Name)+": "+why))
	}
}

// problems go to two places: errors to standard error.
func (s *screen) problems(failures *screen) {
	all := problems(s.r)
	space := false
	told := 0
	for _, g := range all {
		if told++; told > mostScreenProblems && g.Level != result.Error {
			continue
		}
		to := s
		if g.Level == result.Error {
			to = failures
		} else if !space {
			s.WriteString("\n")
			space = true
		}
		to.wrapped(levels[g.Level]+": ", ofLevel[g.Level], "  ", "", g.about()+string(g.what()))
		if g.Hint != "" {
			to.wrapped("hint: ", "", "  ", "", string(g.Hint))
		}
		if anchor.MatchString(g.Anchor) {
			to.line("see: "+Troubleshooting(s.DocsURL, g.Anchor), faint)
		}
	}
	for _, far := range howFar(s.r) {
		failures.wrapped("how far: ", "", "  ", "", far)
	}
	if s.r.Interrupted != nil {
		failures.wrapped("interrupted: ", "", "  ", "", string(s.r.Interrupted.Cause))
	}
}

func (s *screen) outcome() {
	state, e := "done", good
	if s.r.Status == result.Failed || s.r.Interrupted != nil {
		state, e = "failed", bad
	}
	if s.Len() > 0 {
		s.WriteString("\n")
	}
	s.wrapped(state+": ", e, "  ", "", outcome(s.r))
}
