// Package report renders one Result: as the job summary, annotations, outputs,
// JSON and lines of the log. What collections, servers and files say is
// untrusted until it is escaped for the place where it stands.
package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Context is what a summary needs besides the Result.
type Context struct {
	// DocsURL is the address of the folder docs, without a slash at its end.
	// Empty: places in the documents are named, not linked.
	DocsURL string
}

// jobSummary is a job summary under construction.
type jobSummary struct {
	document
	r *result.Result
	c Context
	// compact leaves single examples out: there are too many to read.
	compact bool
	// rows of operations that may still be written.
	rows int
	// order of the collections: those that failed first, those with nothing to
	// tell last.
	order []*result.Collection
	// listed have a row of their own in the table of collections.
	listed map[*result.Collection]bool
}

// maxExamples is the most examples that a summary lists one by one.
const maxExamples = 1500

// maxServiceRows is the most rows of all tables of operations together: a
// summary may have 1 MiB.
const maxServiceRows = 3000

// What a summary, which may have 1 MiB, has of a fleet at most, in bytes. What comes
// last is cut first where it is too much all the same.
const (
	mostOverview = 128 << 10 // rows of collections
	mostCauses   = 128 << 10 // what went wrong
	mostNames    = 400 << 10 // of the collections that went wrong by it
	mostChanges  = 64 << 10  // rows of objects
)

// Summary is the run as Markdown for the job summary: the outcome in one line,
// a table of the collections, what went wrong, what would change or did, and
// the details of each collection. One run in which nothing changed is short.
func Summary(r *result.Result, c Context) string {
	s := &jobSummary{r: r, c: c, compact: r.Totals.Examples > maxExamples, rows: maxServiceRows, listed: map[*result.Collection]bool{}}
	s.order = byUrgency(r)
	s.heading(3, icon(r)+" "+inline(outcome(r)))
	s.paragraph(s.circumstances())
	s.interruption()
	s.overview()
	for _, said := range callsOf(r) {
		s.paragraph(prose(text.Untrusted(said)))
	}
	s.problems()
	s.progress()
	s.changes()
	s.leftovers()
	s.difference()
	s.collections()
	return s.String()
}

// icon of the outcome.
func icon(r *result.Result) Markdown {
	switch {
	case r.Interrupted != nil:
		return "🛑"
	case r.Status == result.Failed || r.Status == "":
		return "❌"
	case r.Status == result.Skipped:
		return "⏭️"
	case r.Status == result.Planned && r.Due():
		return "📋"
	case r.Mode == result.Check && r.Totals.Warnings > 0:
		return "⚠️"
	}
	return "✅"
}

// circumstances are mode, server and time, in one line.
func (s *jobSummary) circumstances() Markdown {
	mode := Markdown("")
	if s.r.Mode != "" {
		mode = "Mode " + code(string(s.r.Mode))
		if s.r.ModeReason != "" {
			mode += " (" + inline(s.r.ModeReason) + ")"
		}
	}
	server := Markdown("")
	if s.r.Server != nil {
		server = inline("Microcks" + serverVersion(s.r))
		if s.r.Server.URL != "" {
			server = s.link(server, s.r.Server.URL) + " at " + code(s.r.Server.URL)
		}
		if s.r.Server.Account != "" {
			server += ", signed in as " + code(s.r.Server.Account)
		}
	}
	took := Markdown("")
	if s.r.DurationMillis > 0 {
		took = inline(seconds(time.Duration(s.r.DurationMillis) * time.Millisecond))
	}
	return join(" · ", mode, server, took)
}

// seconds is "31 ms", "0.8 s", "42 s", "3 min 5 s".
func seconds(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// link makes a link to a page of the run's Microcks. An address elsewhere is not
// linked.
func (s *jobSummary) link(label Markdown, address string) Markdown {
	if s.r.Server == nil {
		return label
	}
	origin := strings.TrimSuffix(s.r.Server.URL, "/")
	if origin == "" || address != origin && !strings.HasPrefix(address, origin+"/") {
		return label
	}
	return link(label, address)
}

// The most rows of a table that is not behind a click. So many are written however long
// they are.
const maxRows = 30

// overview is the table of the collections. Those with nothing to tell go
// behind a click when there are many, and of what is too much so many are told.
func (s *jobSummary) overview() {
	var rows, quiet [][]Markdown
	order := s.order
	if same := s.unreached(); len(same) > fewUnreached {
		order = slices.DeleteFunc(slices.Clone(order), func(c *result.Collection) bool { return slices.Contains(same, c) })
		defer s.paragraph(Markdown(text.Plural(len(same), "collection")) + " not judged: see what went wrong.")
		for _, c := range same {
			s.listed[c] = len(same) == len(s.order) && len(c.Problems) == 0 // it is all of them
		}
	}
	var hidden []*result.Collection
	room := mostOverview
	for i, c := range order {
		if i >= maxRows && room <= 0 {
			left := order[i:]
			defer s.paragraph(Markdown(fmt.Sprintf("… and %s, which are too many for a table.", quietTitle(s.r, left))))
			break
		}
		row := s.overviewRow(c)
		room -= lengthOf(row)
		s.listed[c] = true
		if len(order) > 10 && (urgency(c) == calm || len(rows) >= maxRows) {
			quiet, hidden = append(quiet, row), append(hidden, c)
		} else {
			rows = append(rows, row)
		}
	}
	s.table(s.overviewColumns(), rows)
	if len(quiet) > 0 {
		s.details(quietTitle(s.r, hidden), func() { s.table(s.overviewColumns(), quiet) })
	}
}

// fewUnreached are as many collections as have rows of their own, although all of
// them failed by the same and nothing is known of them.
const fewUnreached = 3

// unreached are the collections of which nothing is known, for a reason that is not
// theirs.
func (s *jobSummary) unreached() []*result.Collection {
	var all []*result.Collection
	cause := commonCause(s.r)
	for _, c := range s.order {
		if cause != nil && !c.Judged && c.Way() == nil && c.Status == result.Failed && onlyBy(c, cause) {
			all = append(all, c)
		}
	}
	return all
}

// quietTitle says what kind of collections are behind the click.
func quietTitle(r *result.Result, hidden []*result.Collection) string {
	which := "unchanged"
	if r.Mode == result.Check {
		which = "without findings"
	}
	if slices.ContainsFunc(hidden, func(c *result.Collection) bool { return urgency(c) != calm }) {
		which = "more"
	}
	return text.Plural(len(hidden), "collection") + " " + which
}

// Urgencies of a collection in a list.
const (
	broken = iota // it failed or was not reached
	loud          // something changes, or it has findings
	calm
)

func urgency(c *result.Collection) int {
	found := counts(c.Findings)
	switch {
	case c.Status == result.Failed || c.Status == "":
		return broken
	case c.Status == result.Skipped, c.Status == result.Planned && !c.Due() && found.errors+found.warnings == 0:
		return calm
	case c.Status != result.Unchanged && c.Status != result.Checked || found.errors+found.warnings > 0:
		return loud
	}
	return calm
}

func (s *jobSummary) overviewColumns() []column {
	columns := []column{{title: "Collection"}}
	if s.r.Mode == result.Remove {
		return append(columns, column{title: "Importer"}, column{title: "Change"})
	}
	if s.importers() {
		columns = append(columns, column{title: "Importer"})
	}
	columns = append(columns, column{title: "Service"}, column{title: "Operations", right: true}, column{title: "Examples", right: true})
	if s.r.Mode != result.Check {
		columns = append(columns, column{title: "Change"})
	}
	return append(columns, column{title: "Findings"})
}

// importers reports whether the overview tells of importers.
func (s *jobSummary) importers() bool {
	return s.r.Mode != result.Check && slices.ContainsFunc(s.r.Collections, func(c result.Collection) bool { return c.Upload == nil })
}

func (s *jobSummary) overviewRow(c *result.Collection) []Markdown {
	row := []Markdown{s.mark(c) + " " + short(collectionName(c), 80)}
	if s.importers() {
		importer := Markdown("–")
		if c.Upload != nil {
			importer = "(uploaded)"
		}
		if c.Importer != nil {
			importer = s.link(short(c.Importer.Name, 80), c.Importer.URL)
			if importer == "" {
				importer = code(c.Importer.ID)
			}
			if c.Importer.Adopted {
				importer += " (adopted)"
			}
		}
		row = append(row, importer)
	}
	if s.r.Mode == result.Remove {
		return append(row, s.changeCell(c))
	}
	service, operations, examples := Markdown("–"), Markdown("–"), Markdown("–")
	if c.Service != nil {
		service = s.link(short(c.Service.Name+" "+c.Service.Version, 80), c.Service.URL)
	}
	if shown(s.r, c) {
		operations, examples = Markdown(fmt.Sprint(c.Service.CountOperations())), Markdown(fmt.Sprint(c.Service.Examples()))
	}
	row = append(row, service, operations, examples)
	if s.r.Mode != result.Check {
		row = append(row, s.changeCell(c))
	}
	return append(row, Markdown(findingsCell(c)))
}

// findingsCell counts the findings of a collection.
func findingsCell(c *result.Collection) string {
	switch found := counts(c.Findings).String(); {
	case found != "":
		return found
	case c.Judged:
		return "none"
	}
	return "–"
}

// shown reports whether a collection's operations are worth showing: they are not
// when the run was to import them and failed to, and nothing else was found of them.
func shown(r *result.Result, c *result.Collection) bool {
	failed := c.Status == result.Failed || c.Status == ""
	return c.Service != nil && (!failed || !r.Mode.Writes() || c.Imported() || c.Verified != nil)
}

// mark shows at a glance how a collection fared.
func (s *jobSummary) mark(c *result.Collection) Markdown {
	found := counts(c.Findings)
	switch {
	case c.Status == "", c.Unreached, c.Status == result.Failed && s.r.Interrupted != nil && c.Way() != nil && !c.Imported():
		return "⏸️"
	case c.Status == result.Failed:
		return "❌"
	case found.warnings+c.BreakingCount() > 0 && !s.r.Mode.Writes():
		return "⚠️"
	case c.Status == result.Planned && c.Due():
		return "📋"
	case c.Status == result.Skipped:
		return "⏭️"
	}
	return "✅"
}

// collectionName is the collection's own name, or how it was given.
func collectionName(c *result.Collection) text.Untrusted {
	switch {
	case c.Name != "":
		return c.Name
	case c.File != "":
		return c.File
	}
	return c.Source
}

// changeCell is what happens to a collection's importer, in few words.
func (s *jobSummary) changeCell(c *result.Collection) Markdown {
	change := Markdown(changeOf(s.r, c))
	if n := c.BreakingCount(); n > 0 && s.r.Mode == result.Plan && c.Due() {
		change += ", " + bold(Markdown(fmt.Sprintf("%d breaking", n)))
	}
	return change
}

// changeOf is what happens to a collection, in few words, whom it breaks left aside.
func changeOf(r *result.Result, c *result.Collection) string {
	switch {
	case c.Status == "":
		return "not reached"
	case c.Status == result.Failed && r.Interrupted != nil && c.Way() != nil && len(c.Done()) == 0:
		return "not reached"
	case c.Status == result.Failed && len(c.Done()) > 0:
		return "half-way"
	case c.Unreached:
		return "not reached"
	case c.Status == result.Failed:
		return "failed"
	case c.Status == result.Skipped:
		return "skipped"
	case r.Mode == result.Plan && c.Due():
		return join(", ", intents(r, c, intention.inCell)...)
	case r.Mode == result.Plan:
		return "none"
	}
	return fateOf(r, c).cell
}

// interruption tells why a run ended early.
func (s *jobSummary) interruption() {
	if s.r.Interrupted == nil {
		return
	}
	s.paragraph(bold("The run did not come to its end:") + " " + prose(s.r.Interrupted.Cause) +
		". What the list below does not call done was not done.")
}

// problems tells what went wrong or should be known, with the next step. Of what went
// wrong it names every collection, be it behind a click.
func (s *jobSummary) problems() {
	var wrong, items []item
	var causes []told
	untold := &told{}
	room := mostCauses
	named := map[*result.Collection]bool{}
	for _, p := range problems(s.r) {
		i := item{text: s.problem(p)}
		if p.Level != result.Error {
			items = append(items, i)
			continue
		}
		for _, c := range p.collections {
			named[c] = true
		}
		if room -= len(i.text); len(wrong) >= maxRows && room < 0 {
			untold.collections = append(untold.collections, p.collections...)
			continue
		}
		wrong, causes = append(wrong, i), append(causes, p)
	}
	for _, c := range s.order {
		if urgency(c) == broken && !named[c] && !s.listed[c] {
			untold.collections = append(untold.collections, c)
		}
	}
	if n := len(untold.collections); n > 0 {
		wrong = append(wrong, item{text: levelIcon(result.Error) + " " + bold(inline(untold.names())) +
			": not done, by what is said here of the whole run or by causes that are too many for a summary. The log has them all."})
		causes = append(causes, *untold)
	}
	s.nameAll(wrong, causes)
	for _, secret := range s.r.Secrets {
		if secret.Comparable {
			continue
		}
		items = append(items, item{text: levelIcon(result.Note) + " Secret " + bold(short(secret.Name, 80)) +
			": not comparable, since this account cannot see its token. It is used as it is."})
	}
	if len(wrong) > 0 {
		s.heading(4, "What went wrong")
		s.list(wrong)
	}
	if len(items) > 0 {
		s.heading(4, "Good to know")
		s.list(within(items, mostCauses))
	}
}

// nameAll puts below what went wrong the names of the collections that went wrong by it,
// where not all of them stand before it or in the table. They are as long as there is
// room for, and all there.
func (s *jobSummary) nameAll(wrong []item, causes []told) {
	for _, most := range []int{80, 60, 40, 20, 10} {
		length := 0
		for i, t := range causes {
			hidden := len(t.collections) > mostNamed && slices.ContainsFunc(t.collections[mostNamed:],
				func(c *result.Collection) bool { return !s.listed[c] })
			if !hidden {
				continue
			}
			names := make([]string, len(t.collections))
			for k, c := range t.collections {
				names[k] = summaryText(text.Cut(text.Line(title(c)), most))
			}
			wrong[i].below = []Markdown{Markdown(fmt.Sprintf("<details><summary>all %d</summary>%s</details>",
				len(names), strings.Join(names, ", ")))}
			length += len(wrong[i].below[0])
		}
		if length <= mostNames {
			return
		}
	}
}

// within are the first items, and as many more as fit into so many bytes; the last says how
// many do not.
func within(items []item, room int) []item {
	for i, one := range items {
		if room -= len(one.text); i >= maxRows && room < 0 {
			return append(items[:i:i], item{text: Markdown(fmt.Sprintf("… and %d more, which the log has", len(items)-i))})
		}
	}
	return items
}

func (s *jobSummary) problem(p told) Markdown {
	about := Markdown("")
	if names := p.names(); names != "" {
		about = bold(inline(names)) + ": "
	}
	t := levelIcon(p.Level) + " " + about + prose(p.what())
	if p.Hint != "" {
		t += "<br>" + bold("Hint:") + " " + prose(p.Hint)
	}
	if more := s.help(p.Anchor); more != "" {
		t += "<br>" + more
	}
	return t
}

// help leads to a place in docs/troubleshooting.md.
func (s *jobSummary) help(place string) Markdown {
	if !anchor.MatchString(place) {
		return ""
	}
	where := Troubleshooting(s.c.DocsURL, place)
	if s.c.DocsURL == "" {
		return "See " + code(where)
	}
	return link(inline("Troubleshooting: "+place), where)
}

// progress says how far the collections of a run came that did not reach the
// end, and whether Microcks keeps pulling them; those of one state together.
func (s *jobSummary) progress() {
	if !s.r.Mode.Writes() {
		return
	}
	var items []item
	for _, t := range grouped(s.order, s.howFar) {
		items = append(items, item{text: bold(inline(t.names())) + ": " + inline(t.Text) + "."})
	}
	for _, secret := range s.r.Secrets {
		if !secret.InDoubt {
			continue
		}
		items = append(items, item{text: "Secret " + bold(short(secret.Name, 80)) +
			": it was sent to Microcks and no answer came. It may be written."})
	}
	if len(items) == 0 {
		return
	}
	s.heading(4, "How far it came")
	s.list(within(items, mostChanges))
}

// howFar is how far a collection came that did not reach the end; "" where it did.
func (s *jobSummary) howFar(c *result.Collection) string {
	if c.Way() == nil || c.Status != result.Failed && s.r.Interrupted == nil {
		return ""
	}
	state := "nothing was written for it"
	if done := deedsOf(c); done != "" {
		state = "done: " + done
	}
	switch {
	case c.Importer == nil:
	case pulling(c):
		state += ". Microcks keeps pulling it on its schedule"
	default:
		state += ". Microcks does not pull it on its schedule"
	}
	return state
}

// pulling reports whether Microcks imports the collection on its schedule, by its
// last answer to this run.
func pulling(c *result.Collection) bool { return c.Importer != nil && c.Importer.Active }

func levelIcon(l result.Level) Markdown {
	switch l {
	case result.Error:
		return "❌"
	case result.Warning:
		return "⚠️"
	}
	return "ℹ️"
}
