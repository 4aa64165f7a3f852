package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// changes shows what apply would do, or what it did, object by object and field
// by field.
func (s *jobSummary) changes() {
	planned := s.r.Mode == result.Plan
	columns, rows, more := s.changeTable()
	if !more {
		return
	}
	if planned {
		s.heading(4, "What apply would do")
	} else {
		s.heading(4, "What changed in Microcks")
	}
	for i := range s.r.Collections {
		s.roleChange(&s.r.Collections[i])
	}
	s.table(columns, rows[:min(len(rows), maxRows)])
	if len(rows) > maxRows {
		rest := rows[maxRows:]
		s.details(fmt.Sprintf("%d more rows", len(rest)), func() {
			n := fitting(rest, mostChanges)
			s.table(columns, rest[:n])
			s.leftOut(len(rest) - n)
		})
	}
}

// changeTable is object by object, and field by field; more: it tells more than the
// table of collections.
func (s *jobSummary) changeTable() (columns []column, rows [][]Markdown, more bool) {
	planned := s.r.Mode == result.Plan
	rows = s.secretRows()
	more = len(rows) > 0
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		switch {
		case c.Way() == nil:
		case planned && c.Due(), !planned && c.Status == result.Updated && c.Way().Change == result.Update:
			rows = append(rows, s.wayRows(c)...)
			more = true
		case !planned && c.Way().Did(result.ImporterCreated):
			rows = append(rows, s.createdRow(c))
		}
	}
	change := column{title: "Changed"}
	if planned {
		change.title = "To do"
	}
	columns = []column{{title: "Object"}, change, {title: "Field"}, {title: "From"}, {title: "To"}}
	if !slices.ContainsFunc(rows, func(row []Markdown) bool { return row[2] != "" }) {
		columns = columns[:2]
		for i := range rows {
			rows[i] = rows[i][:2]
		}
	}
	return columns, rows, more
}

// roleChange warns of a change between main and secondary artifact: it decides
// who defines the service.
func (s *jobSummary) roleChange(c *result.Collection) {
	way := c.Way()
	if way == nil || way.Change != result.Update {
		return
	}
	i := slices.IndexFunc(way.Fields, func(f result.FieldChange) bool { return f.Field == result.FieldMainArtifact })
	if i < 0 {
		return
	}
	meaning := Markdown("turns from the secondary into the **main artifact**: from now on its operations are the service's, and others go")
	if !way.MainArtifact {
		meaning = "turns from the main into a **secondary artifact**: from now on it only adds examples to the operations that exist"
	}
	s.paragraph("⚠️ " + bold(inline(title(c))) + " " + meaning + ".")
}

func (s *jobSummary) secretRows() [][]Markdown {
	var rows [][]Markdown
	for _, secret := range s.r.DueSecrets() {
		if s.r.Mode.Writes() && !secret.Done {
			continue
		}
		fields := secret.Fields
		if secret.Change == result.Create && secret.Done {
			fields = nil // a new one has them all, and one of them cannot be shown
		}
		rows = append(rows, fieldRows("Secret "+bold(short(secret.Name, 80)), secret.Change, s.verb(secret.Change), fields)...)
	}
	return rows
}

func (s *jobSummary) wayRows(c *result.Collection) [][]Markdown {
	i := c.Way()
	var todo []Markdown
	if i.Change != result.Keep && i.Change != "" {
		todo = append(todo, s.verb(i.Change))
	}
	if i.Import != nil && s.r.Mode == result.Plan {
		todo = append(todo, Markdown(importing(c))+": "+prose(reason(i.Import)))
	}
	fields := i.Fields
	if i.Change == result.Create && len(s.r.Collections) > 1 {
		fields = nil // they would bury what changes in others
	}
	rows := fieldRows(s.object(c), i.Change, join("<br>", todo...), fields)
	gone := func(what Markdown, importers []result.NamedID, becomes Markdown) {
		for _, importer := range importers {
			rows = append(rows, []Markdown{"", "", what + " " + code(importer.ID), short(importer.Name, 80), becomes})
		}
	}
	if c.Upload != nil {
		gone("importer", c.Upload.Leaving, "(deleted)")
		gone("importer", c.Upload.Stopping, "(deactivated)")
		return rows
	}
	gone("duplicate importer", c.Importer.Surplus, "(deleted)")
	if more := c.Importer.MoreSurplus; more > 0 {
		rows = append(rows, []Markdown{"", "", Markdown(fmt.Sprintf("%d more duplicate importers", more)), "", "(deleted)"})
	}
	return rows
}

// object is what changes on a collection's way: its importer, or the service that is
// uploaded.
func (s *jobSummary) object(c *result.Collection) Markdown {
	if c.Upload != nil {
		return "Service " + bold(short(text.Untrusted(title(c)), 80))
	}
	object := "Importer " + bold(short(c.Importer.Name, 80))
	if c.Importer.Adopted {
		object += " (adopted)"
	}
	return object
}

// createdRow names an importer that is new. Its fields are those that the
// details show.
func (s *jobSummary) createdRow(c *result.Collection) []Markdown {
	return []Markdown{"Importer " + bold(short(c.Importer.Name, 80)), s.verb(result.Create), "", "", ""}
}

// verb is what happens to an object: to be done in a plan, done after it.
func (s *jobSummary) verb(c result.Change) Markdown {
	if s.r.Mode == result.Plan {
		return Markdown(verbs[c].todo)
	}
	return Markdown(verbs[c].done)
}

// fieldRows are an object's rows, one a field; the object stands in the first.
// A new object has had no values.
func fieldRows(object Markdown, change result.Change, verb Markdown, fields []result.FieldChange) [][]Markdown {
	if len(fields) == 0 {
		return [][]Markdown{{object, verb, "", "", ""}}
	}
	rows := make([][]Markdown, len(fields))
	for i, f := range fields {
		rows[i] = []Markdown{object, verb, code(fieldName(f)), value(f, f.From), value(f, f.To)}
		if change == result.Create {
			rows[i][3] = "–"
		}
		object, verb = "", ""
	}
	return rows
}

// value of a field, nil where there is none.
func value(f result.FieldChange, v *text.Untrusted) Markdown {
	switch {
	case f.Hidden:
		return "(hidden)"
	case v == nil:
		return "(none)"
	case *v == "":
		return "(empty)"
	}
	return shortCode(*v, 120)
}

// notable is a difference that consumers of a collection's mocks may notice.
type notable struct {
	of *result.Collection
	result.Difference
}

// difference shows what consumers of the mocks would notice, or did: breaking
// changes of every collection first.
func (s *jobSummary) difference() {
	all := breakingFirst(s.r)
	if replayed(s.r) {
		s.consumers()
		if len(all) > 0 {
			s.details("What differs between Microcks and the collections", func() { s.differences(all) })
		}
		return
	}
	if len(all) == 0 {
		return
	}
	s.heading(4, Markdown(differenceTitle(s.r)))
	s.differences(all)
}

// differences lists what differs between what Microcks serves and what it would serve.
func (s *jobSummary) differences(all []notable) {
	s.paragraph(s.differenceSum(all))
	columns := []column{{title: "Operation"}, {title: "Example"}, {title: "Change"}}
	if len(s.r.Collections) > 1 {
		columns = append([]column{{title: "Collection"}}, columns...)
	}
	rows := make([][]Markdown, len(all))
	for i, d := range all {
		rows[i] = s.differenceRow(d)
	}
	shown := min(len(rows), maxRows)
	s.table(columns, rows[:shown])
	if rest := rows[shown:]; len(rest) > 0 {
		const most = 500
		s.details(fmt.Sprintf("%d more changes", len(rest)), func() {
			s.table(columns, rest[:min(len(rest), most)])
			if len(rest) > most {
				s.paragraph(Markdown(fmt.Sprintf("… and %d more: the output `result` lists them.", len(rest)-most)))
			}
		})
	}
}

// differenceTitle is what differences are about.
func differenceTitle(r *result.Result) string {
	if r.Mode == result.Plan {
		return "What consumers would notice"
	}
	return "What consumers notice"
}

// breakingFirst are the differences of all collections: what breaks first, and of one
// collection what goes before what comes.
func breakingFirst(r *result.Result) []notable {
	var breaking, harmless []notable
	for _, c := range differing(r) {
		changes := slices.Clone(c.Difference)
		sort.SliceStable(changes, func(i, k int) bool { return kindRank(changes[i]) < kindRank(changes[k]) })
		for _, d := range changes {
			if d.Breaking {
				breaking = append(breaking, notable{c, d})
			} else {
				harmless = append(harmless, notable{c, d})
			}
		}
	}
	return append(breaking, harmless...)
}

// differenceSum counts the differences in a sentence or three.
func (s *jobSummary) differenceSum(all []notable) Markdown {
	kinds, breaking, failed, more := map[result.DifferenceKind]int{}, 0, false, 0
	for _, c := range differing(s.r) {
		more += c.MoreDifferences
	}
	for _, d := range all {
		kinds[d.Kind]++
		if d.Breaking && !replayed(s.r) {
			breaking++
		}
		failed = failed || d.of.Status == result.Failed
	}
	var parts []string
	for _, kind := range kindOrder {
		if n := kinds[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	then := "serves now"
	if s.r.Written {
		then = "served before this run"
	}
	sum := Markdown("Of the operations and examples that Microcks " + then + ": " + strings.Join(parts, ", ") + ".")
	if more > 0 {
		sum += Markdown(fmt.Sprintf(" %d more are listed nowhere.", more))
	}
	if breaking > 0 {
		sum += " " + bold(Markdown(text.Plural(breaking, "breaking change"))) + ": consumers may use what goes or changes."
	}
	if s.r.Mode == result.Plan && failed {
		sum += " Of a collection that failed, nothing is imported before that is fixed."
	}
	return sum
}

func (s *jobSummary) differenceRow(d notable) []Markdown {
	example := Markdown("–")
	if d.Example != "" {
		example = short(d.Example, 80)
	}
	row := []Markdown{shortCode(d.Operation, 120), example, changeText(d.Difference, d.of.Consumers == nil)}
	if len(s.r.Collections) > 1 {
		row = append([]Markdown{short(title(d.of), 60)}, row...)
	}
	return row
}

// differing are the collections with a difference to tell, one for each service:
// the artifacts of one service all have the same.
func differing(r *result.Result) []*result.Collection {
	var all []*result.Collection
	listed := map[[2]text.Untrusted]bool{}
	for i := range r.Collections {
		c := &r.Collections[i]
		told := !r.Mode.Writes() || c.Imported()
		if len(c.Difference) == 0 || !told {
			continue
		}
		if c.Service != nil {
			service := [2]text.Untrusted{c.Service.Name, c.Service.Version}
			if listed[service] {
				continue
			}
			listed[service] = true
		}
		all = append(all, c)
	}
	return all
}

// kindOrder is the order of changes: what goes before what comes.
var kindOrder = [...]result.DifferenceKind{result.Vanishes, result.Changes, result.Appears}

func kindRank(c result.Difference) int { return slices.Index(kindOrder[:], c.Kind) }

// partValue is a value in a line, nil where there is none.
func partValue(v *text.Untrusted) Markdown {
	if v == nil {
		return "(none)"
	}
	return shortCode(*v, 60)
}

func changeText(c result.Difference, judged bool) Markdown {
	t := Markdown(c.Kind)
	if len(c.Fields) > 0 {
		var parts []Markdown
		for _, field := range c.Fields {
			part := inline(field.Words())
			if i := slices.IndexFunc(c.Values, func(v result.ChangedPart) bool { return v.Field == field }); i >= 0 {
				part += " " + partValue(c.Values[i].From) + " → " + partValue(c.Values[i].To)
			}
			parts = append(parts, part)
		}
		t += ": " + join(", ", parts...)
	}
	if c.Breaking && judged {
		return "💥 " + bold("breaking") + ", " + t
	}
	return t
}
