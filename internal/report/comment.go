package report

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Part of a comment: a paragraph is a Head alone; a table is a Head with its first
// lines, and Rows, each of which is shown whole or not at all.
type Part struct {
	Head string
	Rows []string
	Foot string
	// Shows are the fingerprints of the notices that the rows show; nil where they show
	// none.
	Shows []string
}

// CommentMore ends a comment that had to be cut.
const CommentMore = "\n… and more: see the summary of the run.\n"

// HasNews reports whether a plan has something to say on a pull request.
func HasNews(r *result.Result) bool {
	return r.Due() || r.Status == result.Failed || len(noticing(r)) > 0 || newFindingsOf(r) > 0 || untold(r)
}

// newFindingsOf is how many findings the base branch does not have.
func newFindingsOf(r *result.Result) (n int) {
	for i := range r.Collections {
		for _, f := range r.Collections[i].Findings {
			if f.New {
				n++
			}
		}
	}
	return n
}

// untold reports whether it was not found out what consumers would notice.
func untold(r *result.Result) bool {
	return slices.ContainsFunc(problems(r), func(p told) bool { return p.Anchor == "consumers-untold" })
}

// Comment is what a plan says on the pull request, its parts in the order of their
// importance: each says less to fewer. blob is the address of the folder of the head
// commit's files, without a slash at its end; "" links none. Times and the run are left
// out, so that the same plan is the same comment.
func Comment(r *result.Result, c Context, blob string) []Part {
	s := &jobSummary{r: r, c: c}
	s.order = pointers(r)
	parts := []Part{s.part(func() {
		s.heading(3, commentHeadline(r))
		s.paragraph(s.planned())
		s.paragraph(commentTotals(r))
		s.paragraph(gateLine(r))
		s.paragraph(commentNext(r))
	})}
	parts = append(parts, s.told("What went wrong", result.Error)...)
	breaking, other := dividing(noticing(r))
	parts = append(parts, s.noticePart(blob, "💥 What breaks for consumers", breaking)...)
	parts = append(parts, s.told("Good to know", result.Warning)...)
	parts = append(parts, s.differencePart()...)
	parts = append(parts, folded(s.noticePart(blob, "What else changes for consumers", other))...)
	parts = append(parts, s.findingPart(blob)...)
	parts = append(parts, folded(s.changePart())...)
	parts = append(parts, folded(s.leftoverPart())...)
	return append(parts, folded(s.addresses())...)
}

// Closed says, above what a comment said last, what becomes of the plan when its pull
// request is closed.
func Closed(merged bool) string {
	if merged {
		return "**Merged.** This is the plan as it was then; the run on the default branch carries it out.\n\n"
	}
	return "**Closed without a merge.** Nothing of this plan is carried out.\n\n"
}

// commentHeadline is what the pull request does to the mocks, before how it is done.
func commentHeadline(r *result.Result) Markdown {
	breaking := breakingOf(r)
	broken := Markdown(text.Plural(breaking, "breaking change")) + " to the mocks"
	findings := newFindingsOf(r)
	switch {
	case fails(r):
		line := icon(r) + " " + inline(outcome(r))
		if breaking > 0 {
			line += "; " + broken
		}
		return line
	case breaking > 0 && r.Gate != nil && r.Gate.Accepted >= r.Gate.Breaking:
		return "☑️ " + broken + " of " + whose(r) + ", accepted"
	case breaking > 0:
		return "💥 " + broken + " of " + whose(r)
	case untold(r):
		return "⚠️ It was not found out what breaks for consumers of the mocks"
	case len(noticing(r)) > 0:
		return "📋 Changes to the mocks of " + whose(r) + ", none of them breaking"
	case r.Due():
		return icon(r) + " " + inline(outcome(r))
	case findings > 0:
		return "⚠️ No changes to the mocks, " + Markdown(text.Plural(findings, "new finding"))
	}
	return "✅ No changes to the mocks"
}

// fails reports whether there is more than a gate that failed the run.
func fails(r *result.Result) bool {
	return r.Interrupted != nil || count(r, (*result.Collection).Failed) > 0 || r.Status == result.Failed && len(r.Collections) == 0
}

// whose are the mocks that break, or where none does change, in few words.
func whose(r *result.Result) Markdown {
	all := map[string]bool{}
	breaking := breakingOf(r) > 0
	add := func(name string, n int) {
		if n > 0 {
			all[name] = true
		}
	}
	for i := range r.Gone {
		add(goneTitle(&r.Gone[i]), r.Gone[i].Consumers.Breaking)
	}
	for i := range r.Collections {
		c := &r.Collections[i]
		n := c.BreakingCount()
		if !breaking && c.Consumers != nil {
			n = len(c.Consumers.Notices)
		}
		add(title(c), n)
	}
	if len(all) != 1 {
		return Markdown(text.Plural(len(all), "collection"))
	}
	return short(slices.Collect(maps.Keys(all))[0], 120)
}

// planned is the server that the plan was made for: a matrix has a comment for each.
func (s *jobSummary) planned() Markdown {
	if s.r.Server == nil {
		return ""
	}
	return inline("Plan for Microcks"+serverVersion(s.r)) + " at " + code(s.r.Server.URL)
}

// commentTotals counts what becomes of collections, what consumers notice, and findings.
func commentTotals(r *result.Result) Markdown {
	var sums []string
	if len(r.Collections) > 1 && !fails(r) && len(noticing(r)) > 0 { // else the headline says it
		sums = append(sums, "Of "+text.Plural(len(r.Collections), "collection")+": "+tally(r)+".")
	}
	kinds := map[result.NoticeKind]int{}
	for _, n := range noticing(r) {
		kinds[n.Kind]++
	}
	var parts []string
	for _, k := range []struct {
		kind result.NoticeKind
		what string
	}{
		{result.NoticeRemoved, "gone"}, {result.NoticeChanged, "changed"}, {result.NoticeRenamed, "renamed"}, {result.NoticeAdded, "added"},
	} {
		if n := kinds[k.kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k.what))
		}
	}
	if len(parts) > 0 {
		sums = append(sums, "Answers: "+strings.Join(parts, ", ")+".", noticeSum(r))
	}
	if len(parts) == 0 && untoldRequests(r) > 0 && r.Due() {
		sums = append(sums, noticeSum(r))
	}
	if n := newFindingsOf(r); n > 0 && len(sums) > 0 {
		sums = append(sums, text.Plural(n, "new finding")+".")
	}
	return Markdown(strings.Join(sums, " "))
}

// commentNext is what to do next; "" where that is nothing, or the gate says it.
func commentNext(r *result.Result) Markdown {
	next := Markdown("")
	switch unaccepted := breakingOf(r) > 0 && (r.Gate == nil || r.Gate.Accepted < r.Gate.Breaking); {
	case fails(r):
		next = "mend what went wrong, and push."
	case unaccepted && r.Gate != nil:
	case unaccepted:
		next = prose(KeepOld) + "."
	case untold(r):
		next = "run again."
	case r.Due():
		next = "nothing here. The run on the default branch applies the plan after the merge."
	case newFindingsOf(r) > 0:
		next = "look at the new findings."
	}
	if next == "" {
		return ""
	}
	return bold("Next:") + " " + next
}

// KeepOld is how nothing breaks.
const KeepOld text.Untrusted = "keep the old example beside the new one, or give the collection a new version," +
	" whose service stands beside the old one"

// dividing divides notices into what breaks, what nobody accepted first, and others.
func dividing(all []noticed) (breaking, other []noticed) {
	for _, n := range all {
		if n.Breaking {
			breaking = append(breaking, n)
		} else {
			other = append(other, n)
		}
	}
	sort.SliceStable(breaking, func(i, k int) bool { return !breaking[i].Accepted && breaking[k].Accepted })
	return breaking, other
}

// part is what write writes.
func (s *jobSummary) part(write func()) Part {
	s.b.Reset()
	write()
	head := s.b.String()
	s.b.Reset()
	return Part{Head: head}
}

// tablePart is a table with its heading; none without rows. A telephone has room for two
// columns.
func (s *jobSummary) tablePart(heading Markdown, left, right string, rows [][2]Markdown) []Part {
	if len(rows) == 0 {
		return nil
	}
	p := s.part(func() {
		s.heading(4, heading)
		s.row([]Markdown{Markdown(left), Markdown(right)})
		s.row([]Markdown{"---", "---"})
	})
	for _, row := range rows {
		p.Rows = append(p.Rows, s.part(func() { s.row(row[:]) }).Head)
	}
	p.Foot = "\n"
	return []Part{p}
}

// folded puts rows behind a click that are too many to scroll over.
func folded(parts []Part) []Part {
	const most = 10
	for i := range parts {
		p := &parts[i]
		if len(p.Rows) <= most {
			continue
		}
		heading, table, _ := strings.Cut(p.Head, "\n\n")
		p.Head = heading + "\n\n<details><summary>" + text.Plural(len(p.Rows), "row") + "</summary>\n\n" + table
		p.Foot = "\n</details>\n\n"
	}
	return parts
}

// told lists the problems of a level.
func (s *jobSummary) told(heading string, level result.Level) []Part {
	var rows []string
	for _, p := range problems(s.r) {
		if p.Level == level {
			rows = append(rows, "- "+string(s.problem(p))+"\n")
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return []Part{{Head: "#### " + heading + "\n\n", Rows: rows, Foot: "\n"}}
}

// noticePart has a row for each notice; the first of a collection says whose it is, where
// a run has several.
func (s *jobSummary) noticePart(blob string, heading Markdown, all []noticed) []Part {
	rows := make([][2]Markdown, len(all))
	of := ""
	for i, n := range all {
		rows[i] = [2]Markdown{noticeRequest(n.Notice), noticeText(n.Notice, blob)}
		if n.Accepted {
			rows[i][1] = "☑️ accepted, " + rows[i][1]
		}
		if len(s.r.Collections)+len(s.r.Gone) > 1 && n.of != of {
			of = n.of
			rows[i][0] = bold(short(of, 80)) + "<br>" + rows[i][0]
		}
	}
	parts := s.tablePart(heading, "Request", "Change", rows)
	for i := range parts {
		for _, n := range all {
			parts[i].Shows = append(parts[i].Shows, n.Fingerprint)
		}
	}
	return parts
}

// differencePart is what differs where no request was replayed.
func (s *jobSummary) differencePart() []Part {
	var rows [][2]Markdown
	for _, d := range breakingFirst(s.r) {
		if d.of.Consumers != nil {
			continue
		}
		what := shortCode(d.Operation, 120)
		if d.Example != "" {
			what += "<br>" + short(d.Example, 80)
		}
		if len(s.r.Collections) > 1 {
			what = bold(short(title(d.of), 80)) + "<br>" + what
		}
		rows = append(rows, [2]Markdown{what, changeText(d.Difference, true)})
	}
	return s.tablePart("What differs between Microcks and the collections", "Operation", "Change", rows)
}

// changePart is what apply would do: an object a row, its fields below each other.
func (s *jobSummary) changePart() []Part {
	_, all, more := s.changeTable()
	if !more {
		return nil
	}
	var rows [][2]Markdown
	fields := 0
	for _, row := range all {
		if row[0] != "" || len(rows) == 0 {
			rows, fields = append(rows, [2]Markdown{row[0], row[1]}), 0
		}
		if len(row) == 2 || row[2] == "" {
			continue
		}
		const most = 30
		last := &rows[len(rows)-1]
		switch fields++; {
		case fields == most:
			last[1] += "<br>…"
		case fields < most && row[3] == row[4]:
			last[1] = join("<br>", last[1], row[2]+" "+row[3])
		case fields < most:
			last[1] = join("<br>", last[1], row[2]+" "+row[3]+" → "+row[4])
		}
	}
	parts := s.tablePart("What apply would do", "Object", "To do", rows)
	warned := s.part(func() {
		for i := range s.r.Collections {
			s.roleChange(&s.r.Collections[i])
		}
	})
	heading, table, _ := strings.Cut(parts[0].Head, "\n\n")
	parts[0].Head = heading + "\n\n" + warned.Head + table
	return parts
}

// findingPart are the findings that the base branch does not have, the worst first.
func (s *jobSummary) findingPart(blob string) []Part {
	var all []found
	for _, c := range s.order {
		for _, f := range c.Findings {
			if f.New {
				all = append(all, found{c, f})
			}
		}
	}
	sort.SliceStable(all, func(i, k int) bool { return rank(all[i].Level) < rank(all[k].Level) })
	rows := make([][2]Markdown, len(all))
	for i, f := range all {
		g := ruleFindings{id: f.ID, name: f.Name, level: f.Level}
		rows[i] = [2]Markdown{
			levelIcon(f.Level) + " " + s.ruleLink(g) + "<br>" + prose(f.Message), whereLinked(blob, f.in.File, f.Finding),
		}
	}
	return s.tablePart("New findings", "Finding", "Where", rows)
}

// found is a finding in a collection.
type found struct {
	in *result.Collection
	result.Finding
}

// whereLinked is where a finding is, with a link to its line in the head commit.
func whereLinked(blob string, file text.Untrusted, f result.Finding) Markdown {
	if file = fileOf(file, &f); blob == "" || file == "" || f.Line == 0 {
		return where(file, f)
	}
	at := lineLinked(blob, file, f.Line)
	f.Line = 0
	if len(f.Path) == 0 {
		return at
	}
	return at + "<br>" + where("", f)
}

// lineLinked is a line of a file, with a link to it in the head commit, at blob. Of a long
// path the end is shown.
func lineLinked(blob string, file text.Untrusted, line int) Markdown {
	const longest, shown = 1000, 100 // bytes of a path: one that is longer would fill the comment
	label := []rune(text.Line(file))
	if more := len(label) - shown; more > 0 {
		label = append([]rune("…"), label[more:]...)
	}
	at := fmt.Sprintf("%s:%d", string(label), line)
	if blob == "" || len(file) > longest {
		return code(at)
	}
	var names []string
	for name := range strings.SplitSeq(string(file), "/") {
		names = append(names, url.PathEscape(name))
	}
	return link(inline(at), fmt.Sprintf("%s/%s#L%d", blob, strings.Join(names, "/"), line))
}

// addresses are where the mocks of each collection will answer.
func (s *jobSummary) addresses() []Part {
	var rows [][2]Markdown
	for _, c := range s.order {
		if base := mockBase(c.Service); base != "" && !c.Failed() {
			rows = append(rows, [2]Markdown{short(title(c), 80), code(base)})
		}
	}
	return s.tablePart("Where the mocks will answer", "Collection", "Address", rows)
}
