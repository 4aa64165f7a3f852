package report

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// noticed is what consumers notice of one collection's mocks.
type noticed struct {
	of string // what the collection is called
	*result.Notice
}

// noticing are the notices of all collections, what breaks first.
func noticing(r *result.Result) (all []noticed) {
	add := func(of string, c *result.Consumers) {
		if c == nil {
			return
		}
		for k := range c.Notices {
			all = append(all, noticed{of, &c.Notices[k]})
		}
	}
	for i := range r.Gone {
		add(goneTitle(&r.Gone[i]), r.Gone[i].Consumers)
	}
	for i := range r.Collections {
		add(title(&r.Collections[i]), r.Collections[i].Consumers)
	}
	sort.SliceStable(all, func(i, k int) bool { return all[i].Breaking && !all[k].Breaking })
	return all
}

// goneTitle is what a person calls a collection that is none any more, or a service that
// is left over.
func goneTitle(g *result.Gone) string {
	if g.File == "" {
		return strings.TrimSpace(string(g.Name+" "+g.Version)) + " (left over)"
	}
	return strings.TrimSpace(string(g.Name+" "+g.Version)) + " (" + string(g.File) + ", gone)"
}

// replayed reports whether a run found out what consumers notice.
func replayed(r *result.Result) bool {
	return len(r.Gone) > 0 || slices.ContainsFunc(r.Collections, func(c result.Collection) bool { return c.Consumers != nil })
}

// consumers shows what consumers of the mocks would notice, request by request.
func (s *jobSummary) consumers() {
	all := noticing(s.r)
	if len(all) == 0 && (untoldRequests(s.r) == 0 || !s.r.Due()) {
		return
	}
	s.heading(4, Markdown(differenceTitle(s.r)))
	s.paragraph(Markdown(noticeSum(s.r)))
	if len(all) == 0 {
		return
	}
	s.paragraph(gateLine(s.r))
	columns, rows := noticeTable(s.r, all)
	shown := min(len(rows), maxRows)
	s.table(columns, rows[:shown])
	if rest := rows[shown:]; len(rest) > 0 {
		s.details(fmt.Sprintf("%d more changes", len(rest)), func() { s.budgeted(columns, rest) })
	}
}

// noticeTable has a row for each notice, and says whose it is where a run has several
// collections.
func noticeTable(r *result.Result, all []noticed) ([]column, [][]Markdown) {
	columns := []column{{title: "Request"}, {title: "Change"}}
	several := len(r.Collections)+len(r.Gone) > 1
	if several {
		columns = append([]column{{title: "Collection"}}, columns...)
	}
	rows := make([][]Markdown, len(all))
	for i, n := range all {
		rows[i] = []Markdown{noticeRequest(n.Notice), noticeWeight(n.Notice) + noticeText(n.Notice, "")}
		if several {
			rows[i] = append([]Markdown{short(n.of, 60)}, rows[i]...)
		}
	}
	return columns, rows
}

// gateLine says what became of `fail-on: breaking`; "" where nothing had to.
func gateLine(r *result.Result) Markdown {
	g := r.Gate
	switch {
	case g == nil || g.Breaking == 0:
		return ""
	case g.Accepted == 0:
		return "❌ " + bold("Not accepted.") + " " + sentence(g.Next)
	case g.Accepted < g.Breaking:
		return Markdown(fmt.Sprintf("❌ **%s not accepted, beside %d accepted** by the label ",
			counted(g.Breaking-g.Accepted, "breaking change is", "breaking changes are"), g.Accepted)) +
			code(g.Label) + acceptedBy(g) + ". " + sentence(g.Next)
	}
	return "☑️ " + bold("Accepted") + " by the label " + code(g.Label) + acceptedBy(g) + "."
}

// sentence begins with a capital letter, and ends.
func sentence(t text.Untrusted) Markdown {
	return prose(capital(string(t))) + "."
}

// acceptedBy says who accepted, and when.
func acceptedBy(g *result.Gate) Markdown {
	t := Markdown("")
	if g.By != "" {
		t = ", which " + code(g.By) + " set"
		if g.At != "" {
			t += " at " + inline(g.At)
		}
	}
	return t
}

// noticeSum counts what was replayed and what breaks.
func noticeSum(r *result.Result) string {
	replayed, untold, more := 0, 0, 0
	against := map[result.Base]bool{}
	for c := range r.Noticing() {
		replayed, untold, more = replayed+c.Replayed, untold+c.Untold, more+c.MoreNotices
		against[c.Against] = true
	}
	now := "that Microcks answers now"
	switch {
	case against[result.AgainstBase] && against[result.AgainstServed]:
		now = "that the base branch and Microcks answer now"
	case against[result.AgainstBase]:
		now = "that the collections of the base branch answer"
	}
	sum := fmt.Sprintf("Of %s %s, %s.", text.Plural(replayed, "request"), now, counted(breakingOf(r), "breaks", "break"))
	if replayed == 0 {
		sum = "No request is one " + now + "."
	}
	if untold > 0 {
		sum += fmt.Sprintf(" Of %s it cannot be told.", text.Plural(untold, "request"))
	}
	if more > 0 {
		sum += fmt.Sprintf(" %d more changes are listed nowhere.", more)
	}
	return sum
}

// untoldRequests are how many requests nothing can be told of, or not everything: what
// breaks for them is seen by nobody but who looks.
func untoldRequests(r *result.Result) (n int) {
	for c := range r.Noticing() {
		n += c.Untold
	}
	return n
}

// counted is "none breaks", "1 breaks", "2 break".
func counted(n int, one, several string) string {
	switch n {
	case 0:
		return "none " + one
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// noticeRequest is the request to copy, or what is new.
func noticeRequest(n *result.Notice) Markdown {
	if n.Request == "" {
		return shortCode(n.Operation, 120)
	}
	request := code(strings.ReplaceAll(string(text.Cut(text.Line(n.Request), 300)), "@", "%40"))
	if n.Accept != "" {
		request += "<br>" + inline("Accept") + " " + shortCode(n.Accept, 60)
	}
	return request
}

// noticeWeight says of a notice that it breaks; "" for one that does not.
func noticeWeight(n *result.Notice) Markdown {
	switch {
	case n.Accepted:
		return "☑️ breaking, accepted, "
	case n.Breaking:
		return "💥 " + bold("breaking") + ", "
	}
	return ""
}

// noticeText is what changes for whoever sends the request, with a link to its line in the
// head commit, at blob.
func noticeText(n *result.Notice, blob string) Markdown {
	t := Markdown(noticeWords[n.Kind])
	if n.Example != "" {
		t += ": " + short(n.Example, 80)
	}
	if n.Successor != "" {
		t += " → " + short(n.Successor, 80)
	}
	for _, d := range n.Differences {
		t += "<br>" + noticeDifference(d)
	}
	if n.MoreDifferences > 0 {
		t += Markdown(fmt.Sprintf("<br>… and %d more", n.MoreDifferences))
	}
	if n.Line > 0 {
		t += "<br>" + lineLinked(blob, n.File, n.Line)
	}
	return t
}

var noticeWords = map[result.NoticeKind]string{
	result.NoticeAdded:   "added",
	result.NoticeRemoved: "no answer any more",
	result.NoticeChanged: "changed",
	result.NoticeRenamed: "renamed",
}

func noticeDifference(d result.NoticeDifference) Markdown {
	t := Markdown(aspectWords[d.Aspect])
	if d.At != "" {
		t += " " + shortCode(d.At, 120)
	}
	if d.From != nil || d.To != nil {
		t += " " + partValue(d.From) + " → " + partValue(d.To)
	}
	return t
}

var aspectWords = map[result.NoticeAspect]string{
	result.AspectStatus:    "status",
	result.AspectMediaType: "media type",
	result.AspectFlaw:      "cannot be sent:",
	result.AspectHeader:    "header",
	result.AspectMember:    "member",
	result.AspectType:      "type of",
	result.AspectLength:    "length of",
	result.AspectValue:     "value of",
	result.AspectBody:      "body",
}

// noticeLine is a notice in a line of a terminal.
func noticeLine(n *result.Notice) string {
	said := noticeWords[n.Kind]
	if n.Example != "" {
		said += fmt.Sprintf(": \"%s\"", n.Example)
	}
	if n.Successor != "" {
		said += fmt.Sprintf(" → \"%s\"", n.Successor)
	}
	if n.Breaking {
		said = "breaking, " + said
	}
	for i, d := range n.Differences {
		if i == 3 {
			said += "; …"
			break
		}
		said += "; " + aspectWords[d.Aspect]
		if d.At != "" {
			said += " " + string(d.At)
		}
		if d.From != nil || d.To != nil {
			said += " " + lineValue(d.From) + " → " + lineValue(d.To)
		}
	}
	if n.Line > 0 {
		said += fmt.Sprintf(" (%s:%d)", n.File, n.Line)
	}
	return string(cmp.Or(n.Request, n.Operation)) + ": " + said
}

func lineValue(v *text.Untrusted) string {
	if v == nil {
		return "(none)"
	}
	return string(text.Cut(*v, 60))
}
