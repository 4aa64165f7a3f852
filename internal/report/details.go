package report

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// mostDetail is where the details of collections end, in bytes: most of what a summary
// may have, and more than a person reads.
const mostDetail = 640 << 10

// collections writes the details of each collection, behind a click. When there
// is only one, its findings are shown without one.
func (s *jobSummary) collections() {
	if len(s.r.Collections) == 1 {
		c := &s.r.Collections[0]
		s.findings(c)
		if s.hasDetail(c) {
			s.details(s.detailTitle(c), func() { s.importer(c); s.service(c) })
		}
		return
	}
	for i, c := range s.order {
		if s.b.Len() > mostDetail {
			s.paragraph(Markdown(fmt.Sprintf("… and the details of %d more collections, which are too many for a summary.", len(s.order)-i)))
			return
		}
		if len(s.order) > 10 && urgency(c) == calm || !s.hasDetail(c) && len(c.Findings) == 0 {
			continue
		}
		s.details(s.detailTitle(c), func() {
			s.importer(c)
			s.findings(c)
			s.service(c)
		})
	}
}

func (s *jobSummary) hasDetail(c *result.Collection) bool {
	return c.Way() != nil || c.Service != nil
}

// detailTitle is the line to click on.
func (s *jobSummary) detailTitle(c *result.Collection) string {
	var parts []string
	if shown(s.r, c) {
		parts = append(parts, text.Plural(c.Service.CountOperations(), "operation"), text.Plural(c.Service.Examples(), "example"))
	}
	if found := counts(c.Findings).String(); found != "" {
		parts = append(parts, found)
	}
	if len(parts) == 0 {
		return title(c)
	}
	return title(c) + ": " + strings.Join(parts, ", ")
}

// importer tells about the importer, the service's addresses and the proof.
func (s *jobSummary) importer(c *result.Collection) {
	var all []Markdown
	switch {
	case c.Way() == nil:
	case c.Way().Change == result.Delete:
		if c.Importer != nil {
			all = append(all, s.importerName(c.Importer))
		}
		all = append(all, s.removal(c)...)
	case c.Upload != nil:
		all = append(all, "Uploaded as "+code(c.Upload.Artifact)+", without an importer: Microcks changes it only when a run uploads it again",
			importRole(c))
	default:
		all = append(all, s.importerName(c.Importer), importRole(c), s.schedule(c))
	}
	if c.Verified != nil {
		all = append(all, Markdown(verified(c.Verified)))
	}
	if from := versionSources[c.VersionFrom]; from != "" && c.Service != nil {
		all = append(all, "The version "+code(c.Service.Version)+" comes from "+from)
	}
	if c.JudgedAs == result.AsServed {
		all = append(all, "The file was judged as the Postman API would serve it: on one line, descriptions as texts, each address with "+
			code("raw")+", without "+code("info.version"))
	}
	if address := s.mockAddress(c); address != "" {
		all = append(all, address)
	}
	items := make([]item, len(all))
	for i, t := range all {
		items[i] = item{text: t}
	}
	s.list(items)
}

// versionSources are where a version comes from that does not stand in the description,
// where most do.
var versionSources = map[result.VersionSource]Markdown{
	result.FromInput: "the input `service-version`",
	result.FromInfo:  "`info.version` of the collection",
}

func (s *jobSummary) importerName(i *result.Importer) Markdown {
	t := "Importer " + bold(s.link(inline(i.Name), i.URL)) + ", id " + code(i.ID)
	if i.Adopted {
		t += ", adopted: it was there before"
	}
	return t
}

// removal is what became of a removed importer and of its services.
func (s *jobSummary) removal(c *result.Collection) []Markdown {
	i := c.Way()
	var all []Markdown
	switch {
	case c.Importer == nil:
	case c.Status == result.Removed:
		all = append(all, "It imported "+code(c.Importer.Repository))
	default:
		all = append(all, s.schedule(c))
	}
	deleted := 0
	for _, d := range i.Done {
		if d.Kind != result.ServiceDeleted {
			continue
		}
		if deleted++; deleted <= mostDeeds {
			all = append(all, "Service "+bold(short(d.Name+" "+d.Version, 80))+" deleted")
		}
	}
	if deleted > mostDeeds {
		all = append(all, Markdown(fmt.Sprintf("%d more services deleted", deleted-mostDeeds)))
	}
	if i.KeepsServices {
		all = append(all, "Its services stay, with their mocks. `allow: remove-services` deletes them, too")
	}
	return all
}

func importRole(c *result.Collection) Markdown {
	if c.Way().MainArtifact {
		return "Imported as main artifact: it defines the service"
	}
	return "Imported as secondary artifact: it adds examples to operations that exist"
}

// mockAddress is where the mocks answer; empty where there is nothing to say
// about it.
func (s *jobSummary) mockAddress(c *result.Collection) Markdown {
	base := mockBase(c.Service)
	switch {
	case !shown(s.r, c):
		return ""
	case s.r.Mode != result.Check && c.Service.MockPath == "":
		return "No address leads to its mocks, because of a character in its name or version"
	case base == "" || s.r.Mode == result.Check && c.Failed():
		return ""
	case c.Service.ID == "" && !c.Imported():
		return "Mocks would answer at " + code(base)
	}
	return "Mocks answer at " + code(base)
}

// schedule is the sentence about whether Microcks keeps pulling, after a plan or as
// this run left it.
func (s *jobSummary) schedule(c *result.Collection) Markdown {
	i := c.Importer
	switch {
	case i.Active && s.r.Mode == result.Plan && i.Change != result.Keep:
		return "Active after that: Microcks will keep pulling " + code(i.Repository) + " on its schedule"
	case s.r.Mode == result.Plan && i.Active, pulling(c):
		return "Active: Microcks keeps pulling " + code(i.Repository) + " on its schedule"
	}
	return "Not active: Microcks does not pull " + code(i.Repository) + " by itself"
}

// findings lists what was found in the collection, by rule.
func (s *jobSummary) findings(c *result.Collection) {
	groups := byRule(c.Findings)
	if len(groups) == 0 {
		return
	}
	s.heading(4, "Findings")
	items := make([]item, len(groups))
	for i, g := range groups {
		items[i] = s.rule(c.File, g)
	}
	s.list(items)
}

// rule is one group of findings with its places.
func (s *jobSummary) rule(file text.Untrusted, g ruleFindings) item {
	const most = 10
	first := g.findings[0]
	same := !slices.ContainsFunc(g.findings, func(f result.Finding) bool { return f.Message != first.Message })
	t := levelIcon(g.level) + " " + bold(s.ruleLink(g))
	if len(g.findings) > 1 {
		t += Markdown(fmt.Sprintf(" (%d times)", len(g.findings)))
	}
	if same {
		t += ": " + prose(first.Message)
	}
	if first.Hint != "" {
		t += "<br>" + bold("Hint:") + " " + prose(first.Hint)
	}
	var places []Markdown
	for i, f := range g.findings {
		if i == most {
			places = append(places, Markdown(fmt.Sprintf("… and %d more", len(g.findings)-most)))
			break
		}
		at := where(file, f)
		if !same {
			at += ": " + prose(f.Message)
		}
		places = append(places, at)
	}
	return item{t, places}
}

// ruleLink is the rule's id and name, leading to docs/findings.md.
func (s *jobSummary) ruleLink(g ruleFindings) Markdown {
	label := inline(g.title())
	place := strings.ToLower(g.id)
	if s.c.DocsURL == "" || !anchor.MatchString(place) {
		return label
	}
	return link(label, s.c.DocsURL+"/findings.md#"+place)
}

// where a finding is: the folders in Postman, and the place in the file.
func where(file text.Untrusted, f result.Finding) Markdown {
	at := Markdown("")
	if file = fileOf(file, &f); file != "" && f.Line > 0 {
		at = code(fmt.Sprintf("%s:%d:%d", file, f.Line, f.Column))
	}
	parts := make([]Markdown, len(f.Path))
	for i, p := range f.Path {
		parts[i] = short(p, 80)
	}
	path := join(" › ", parts...)
	switch {
	case path != "" && at != "":
		return path + " at " + at
	case path != "":
		return path
	case at != "":
		return at
	case f.Pointer != "":
		return code(f.Pointer)
	}
	return "the whole collection"
}

// service lists operations and examples with the calls that the mocks answer; where
// they were called, what came of it.
func (s *jobSummary) service(c *result.Collection) {
	if !shown(s.r, c) || len(c.Service.Operations) == 0 {
		return
	}
	if c.Verified != nil && c.Verified.Mocks != nil {
		s.mocks(c.Service, c.Verified.Mocks)
		return
	}
	if s.compact {
		s.operationsOnly(c.Service)
		return
	}
	calls := false
	for _, op := range c.Service.Operations {
		for _, e := range op.Examples {
			calls = calls || e.Call != nil
		}
	}
	columns := []column{{title: "Operation"}, {title: "Dispatcher"}, {title: "Example"}, {title: "Status", right: true}}
	if calls {
		columns = append(columns, column{title: "Call"})
	}
	var rows [][]Markdown
	for _, op := range c.Service.Operations {
		name, how := shortCode(op.Name, 120), dispatching(op)
		if len(op.Examples) == 0 {
			rows = append(rows, padded([]Markdown{name, how, "none"}, len(columns)))
		}
		for _, e := range op.Examples {
			row := []Markdown{name, how, short(e.Name, 80), short(e.Status, 10), call(e.Call)}
			rows = append(rows, row[:len(columns)])
			name, how = "", ""
		}
	}
	s.budgeted(columns, rows)
	s.unlisted(c.Service)
}

// unlisted says what the result does not list.
func (s *jobSummary) unlisted(service *result.Service) {
	examples := service.Examples()
	for i := range service.Operations {
		examples -= len(service.Operations[i].Examples)
	}
	if service.MoreOperations+examples > 0 {
		s.paragraph(Markdown(fmt.Sprintf("… and %s and %s more, which are listed nowhere.",
			text.Plural(service.MoreOperations, "operation"), text.Plural(examples, "example"))))
	}
}

// budgeted writes as many rows as the summary still takes.
func (s *jobSummary) budgeted(columns []column, rows [][]Markdown) {
	n := min(len(rows), s.rows, fitting(rows, mostDetail-s.b.Len()))
	s.rows -= n
	s.table(columns, rows[:n])
	s.leftOut(len(rows) - n)
}

// leftOut says how many rows are.
func (s *jobSummary) leftOut(rows int) {
	if rows > 0 {
		s.paragraph(Markdown(fmt.Sprintf("… and %d more rows: the output `result` has what is left out here.", rows)))
	}
}

// operationsOnly is the service without its single examples.
func (s *jobSummary) operationsOnly(service *result.Service) {
	rows := make([][]Markdown, len(service.Operations))
	for i, op := range service.Operations {
		rows[i] = []Markdown{shortCode(op.Name, 120), dispatching(op), Markdown(fmt.Sprint(op.CountExamples()))}
	}
	s.budgeted([]column{{title: "Operation"}, {title: "Dispatcher"}, {title: "Examples", right: true}}, rows)
	s.unlisted(service)
}

func padded(row []Markdown, n int) []Markdown {
	for len(row) < n {
		row = append(row, "")
	}
	return row
}

// dispatching is how Microcks chooses an example: dispatcher and rules.
func dispatching(op result.Operation) Markdown {
	if op.Dispatcher == "" {
		return "–"
	}
	t := shortCode(op.Dispatcher, 40)
	if op.Rules != "" {
		t += " " + inline("on") + " " + shortCode(op.Rules, 80)
	}
	return t
}

// mockBase is what the addresses of all mocks begin with: with an unknown
// server "/rest/NAME/VERSION".
func mockBase(s *result.Service) text.Untrusted {
	switch {
	case s == nil:
		return ""
	case s.MockURL != "":
		return s.MockURL
	}
	return s.MockPath
}

// call is the request that the example answers, without what all begin with.
func call(c *result.Call) Markdown {
	if c == nil {
		return ""
	}
	shown := text.Cut(text.Line(text.Untrusted(c.Method+" …")+c.Path), 200)
	return code(strings.ReplaceAll(string(shown), "@", "%40"))
}
