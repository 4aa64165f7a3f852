package report

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// leftovers shows what runs with the manifest made of sources that it lists no more, with
// what each costs and what becomes of it.
func (s *jobSummary) leftovers() {
	l := s.r.Leftovers
	if l.Count() == 0 {
		return
	}
	s.heading(4, "Leftovers of the manifest "+code(l.Manifest))
	s.paragraph(prose(leftoverSum(l)))
	columns, rows := s.leftoverTable()
	s.table(columns, rows[:min(len(rows), maxRows)])
	if rest := rows[min(len(rows), maxRows):]; len(rest)+l.More > 0 {
		s.details(fmt.Sprintf("%d more leftovers", len(rest)+l.More), func() {
			s.budgeted(columns, rest)
			if l.More > 0 {
				s.paragraph(Markdown(text.Plural(l.More, "leftover")) + " not listed.")
			}
		})
	}
}

// leftoverSum is how many leftovers there are, what they cost, and what to do about them.
func leftoverSum(l *result.Leftovers) string {
	sum := fmt.Sprintf("%d importers and services carry its key, of which %s from a source that it lists no more.",
		l.Owned, counted(l.Count(), "comes", "come"))
	if l.Owned == 1 {
		sum = "One importer or service carries its key, and comes from a source that it lists no more."
	}
	if l.Polls.Most > 0 {
		sum += fmt.Sprintf(" Microcks polls what they pull, which costs %d to %d calls to Postman a month.", l.Polls.Least, l.Polls.Most)
	}
	if !l.Prune {
		sum += " With `prune: true` a run of the default branch removes them."
	}
	return sum
}

// mostMade services of a leftover are told.
const mostMade = 5

func (s *jobSummary) leftoverTable() (columns []column, rows [][]Markdown) {
	for i := range s.r.Leftovers.List {
		one := &s.r.Leftovers.List[i]
		name := s.link(short(leftoverName(one), 80), one.URL)
		polls := Markdown("–")
		if one.Polls.Most > 0 {
			polls = inline(fmt.Sprintf("%d–%d", one.Polls.Least, one.Polls.Most))
		}
		becomes := []Markdown{prose(leftoverFate(one))}
		for k := range one.Services[:min(mostMade, len(one.Services))] {
			service := &one.Services[k]
			becomes = append(becomes, "service "+short(service.Name+" "+service.Version, 80)+": "+prose(madeFate(one, service)))
		}
		if more := len(one.Services) - mostMade; more > 0 {
			becomes = append(becomes, Markdown(fmt.Sprintf("… and %d more", more)))
		}
		rows = append(rows, []Markdown{Markdown(one.Kind) + " " + bold(name), shortCode(one.Of(), 80), polls, join("<br>", becomes...)})
	}
	return []column{{title: "Leftover"}, {title: "Of"}, {title: "Calls a month"}, {title: "What becomes of it"}}, rows
}

func leftoverName(l *result.Leftover) text.Untrusted {
	return text.Untrusted(strings.TrimSpace(string(l.Name + " " + l.Version)))
}

// leftoverFate is what becomes of a leftover, in few words.
func leftoverFate(l *result.Leftover) text.Untrusted {
	switch l.Decision {
	case result.LeftoverToRemove:
		return "to remove"
	case result.LeftoverRemoved:
		return "removed"
	case result.LeftoverLeft:
		return "not reached: it is there still"
	case result.LeftoverFailed:
		if len(l.Done) > 0 {
			done := make([]string, len(l.Done))
			for i, d := range l.Done {
				done[i] = string(Deed(d))
			}
			return text.Untrusted("failed half-way: " + text.Few(done, "; ", mostDeeds))
		}
		return "failed: it is there still"
	}
	return "stays: " + whyKept(l.Kept, l.By)
}

// madeFate is what becomes of a service that a leftover made.
func madeFate(of *result.Leftover, s *result.LeftService) text.Untrusted {
	switch {
	case s.Kept != "":
		return "stays: " + whyKept(s.Kept, s.By)
	case of.Decision == result.LeftoverFailed || of.Decision == result.LeftoverLeft:
		return "see its importer"
	}
	return leftoverFate(of)
}

// whyKept says why something stays although its source is gone.
func whyKept(kind result.KeptKind, by text.Untrusted) text.Untrusted {
	by = text.Cut(by, 80)
	switch kind {
	case result.KeptLater:
		return text.Untrustedf("the later run %s wrote it", by)
	case result.KeptOtherURL:
		return text.Untrustedf("its URL %s names no collection by a uid", by)
	case result.KeptFed:
		return text.Untrustedf("importer %q feeds it", by)
	case result.KeptElsewhere:
		return text.Untrustedf("it belongs to %q, by its labels", by)
	case result.KeptOther:
		return text.Untrustedf("it has examples of another artifact, %q", by)
	}
	return keptBy[kind]
}

var keptBy = map[result.KeptKind]text.Untrusted{
	result.KeptNotAsked:   "`prune` is not set",
	result.KeptHeld:       "nothing is removed in this run",
	result.KeptInPostman:  "Postman has the collection, which may only have left its workspace; `mode: remove` removes it",
	result.KeptPredicted:  "a collection of this run makes it",
	result.KeptNoRemoving: "`allow: remove-services` is not set",
	result.KeptChanged:    "somebody changed it during this run",
}

// leftoversIn is what the outcome says of leftovers; "" without any.
func leftoversIn(r *result.Result) string {
	l := r.Leftovers
	if l.Count() == 0 {
		return ""
	}
	said := text.Plural(l.Count(), "leftover")
	switch due := l.Due(); {
	case l.Removed > 0 && l.Removed == l.Count():
		return said + " removed"
	case l.Removed > 0:
		return fmt.Sprintf("%d of %s removed", l.Removed, said)
	case due > 0 && due == l.Count():
		return said + " to remove"
	case due > 0:
		return fmt.Sprintf("%d of %s to remove", due, said)
	}
	return said
}

// leftovers are told one by one.
func (s *screen) leftovers() {
	l := s.r.Leftovers
	if l.Count() == 0 {
		return
	}
	s.section("Leftovers")
	s.wrapped("  ", "", "  ", "", "The manifest "+string(l.Manifest)+": "+leftoverSum(l))
	for i := range l.List[:min(len(l.List), mostScreenChanges)] {
		one := &l.List[i]
		line := fmt.Sprintf("%s \"%s\" of %s: %s", one.Kind, leftoverName(one), one.Of(), leftoverFate(one))
		for k := range one.Services {
			service := &one.Services[k]
			line += fmt.Sprintf("; service %s %s: %s", service.Name, service.Version, madeFate(one, service))
		}
		s.wrapped("  ", "", "    ", "", line)
	}
	s.more(l.Count() - mostScreenChanges)
}

// leftoverPart is what a comment says of leftovers.
func (s *jobSummary) leftoverPart() []Part {
	if s.r.Leftovers.Due() == 0 {
		return nil
	}
	_, all := s.leftoverTable()
	rows := make([][2]Markdown, len(all))
	for i, row := range all {
		rows[i] = [2]Markdown{row[0] + "<br>" + row[1], row[3]}
	}
	return s.tablePart("Leftovers of the manifest", "Leftover", "What becomes of it", rows)
}
