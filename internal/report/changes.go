package report

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/reconcile"
)

// changes shows what apply would do, or what it did, object by object and field
// by field.
func (s *summary) changes() {
	planned := s.r.Mode == reconcile.Plan
	rows := s.secretRows()
	more := len(rows) > 0 // than the table of collections has said
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		switch {
		case c.Importer == nil:
		case planned && due(c), !planned && c.Status == reconcile.Updated && c.Importer.Change == reconcile.Update:
			rows = append(rows, s.importerRows(c)...)
			more = true
		case !planned && slices.Contains(c.Importer.Done, "importer created"):
			rows = append(rows, s.createdRow(c))
		}
	}
	if !more {
		return
	}
	change := column{title: "Changed"}
	if planned {
		s.heading(4, "What apply would do")
		change.title = "To do"
	} else {
		s.heading(4, "What changed in Microcks")
	}
	for i := range s.r.Collections {
		s.roleChange(&s.r.Collections[i])
	}
	columns := []column{{title: "Object"}, change, {title: "Field"}, {title: "From"}, {title: "To"}}
	if !slices.ContainsFunc(rows, func(row []Text) bool { return row[2] != "" }) {
		columns = columns[:2]
		for i := range rows {
			rows[i] = rows[i][:2]
		}
	}
	s.table(columns, rows[:min(len(rows), maxRows)])
	if len(rows) > maxRows {
		s.details(fmt.Sprintf("%d more rows", len(rows)-maxRows), func() { s.table(columns, rows[maxRows:]) })
	}
}

// roleChange warns of a change between main and secondary artifact: it decides
// who defines the service.
func (s *summary) roleChange(c *reconcile.CollectionResult) {
	if c.Importer == nil || c.Importer.Change != reconcile.Update {
		return
	}
	i := slices.IndexFunc(c.Importer.Fields, func(f reconcile.FieldChange) bool { return f.Field == "mainArtifact" })
	if i < 0 {
		return
	}
	meaning := Text("turns from the secondary into the **main artifact**: from now on its operations are the service's, and others go")
	if c.Importer.Fields[i].To == "false" {
		meaning = "turns from the main into a **secondary artifact**: from now on it only adds examples to the operations that exist"
	}
	s.paragraph("⚠️ " + bold(text(title(c))) + " " + meaning + ".")
}

func (s *summary) secretRows() [][]Text {
	if !secretDue(s.r) || writes(s.r.Mode) && !s.r.Secret.Done {
		return nil
	}
	fields := s.r.Secret.Fields
	if s.r.Secret.Change == reconcile.Create && s.r.Secret.Done {
		fields = nil // a new one has them all, and one of them cannot be shown
	}
	return fieldRows("Secret "+bold(shortText(s.r.Secret.Name, 80)), s.r.Secret.Change, s.verb(s.r.Secret.Change), fields)
}

func (s *summary) importerRows(c *reconcile.CollectionResult) [][]Text {
	i := c.Importer
	var verbs []Text
	if i.Change != reconcile.Keep && i.Change != "" {
		verbs = append(verbs, s.verb(i.Change))
	}
	if i.Import != "" && s.r.Mode == reconcile.Plan {
		verbs = append(verbs, "import: "+prose(i.Import))
	}
	object := "Importer " + bold(shortText(i.Name, 80))
	if i.Adopted {
		object += " (adopted)"
	}
	fields := i.Fields
	if i.Change == reconcile.Create && len(s.r.Collections) > 1 {
		fields = nil // they would bury what changes in others
	}
	return fieldRows(object, i.Change, join("<br>", verbs...), fields)
}

// createdRow names an importer that is new. Its fields are those that the
// details show.
func (s *summary) createdRow(c *reconcile.CollectionResult) []Text {
	return []Text{"Importer " + bold(shortText(c.Importer.Name, 80)), s.verb(reconcile.Create), "", "", ""}
}

// verb is what happens to an object: to be done in a plan, done after it.
func (s *summary) verb(c reconcile.Change) Text {
	if s.r.Mode == reconcile.Plan {
		return Text(c)
	}
	return Text(strings.TrimSuffix(string(c), "e") + "ed")
}

// fieldRows are an object's rows, one a field; the object stands in the first.
// A new object has had no values.
func fieldRows(object Text, change reconcile.Change, verb Text, fields []reconcile.FieldChange) [][]Text {
	if len(fields) == 0 {
		return [][]Text{{object, verb, "", "", ""}}
	}
	rows := make([][]Text, len(fields))
	for i, f := range fields {
		rows[i] = []Text{object, verb, code(f.Field), value(f.From), value(f.To)}
		if change == reconcile.Create {
			rows[i][3] = "–"
		}
		object, verb = "", ""
	}
	return rows
}

// value of a field. Words in parentheses stand for a value.
func value(s string) Text {
	switch {
	case s == "":
		return "(empty)"
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"):
		return text(s)
	}
	return code(limit(clean(s), 120))
}

// difference shows what consumers of the mocks would notice, or did: breaking
// changes of every collection first.
func (s *summary) difference() {
	type line struct {
		c *reconcile.CollectionResult
		predict.Change
	}
	var lines, harmless []line
	for _, c := range s.differing() {
		changes := slices.SortedStableFunc(slices.Values(c.Difference), func(a, b predict.Change) int { return kindRank(a) - kindRank(b) })
		for _, change := range changes {
			if change.Breaking {
				lines = append(lines, line{c, change})
			} else {
				harmless = append(harmless, line{c, change})
			}
		}
	}
	lines = append(lines, harmless...)
	if len(lines) == 0 {
		return
	}
	columns := []column{{title: "Operation"}, {title: "Example"}, {title: "Change"}}
	if len(s.r.Collections) > 1 {
		columns = append([]column{{title: "Collection"}}, columns...)
	}
	rows := make([][]Text, len(lines))
	kinds := map[string]int{}
	for i, l := range lines {
		example := Text("–")
		if l.Example != "" {
			example = shortText(l.Example, 80)
		}
		rows[i] = []Text{code(limit(clean(l.Operation), 120)), example, changeText(l.Change)}
		if len(s.r.Collections) > 1 {
			rows[i] = append([]Text{shortText(title(l.c), 60)}, rows[i]...)
		}
		kinds[string(l.Kind)]++
		if l.Breaking {
			kinds["breaking"]++
		}
	}
	if s.r.Mode == reconcile.Plan {
		s.heading(4, "What consumers would notice")
	} else {
		s.heading(4, "What consumers notice")
	}
	var parts []string
	for _, kind := range []string{"removed", "changed", "added"} {
		if n := kinds[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	then := "serves now"
	if s.r.Changed {
		then = "served before this run"
	}
	sum := Text("Of the operations and examples that Microcks " + then + ": " + strings.Join(parts, ", ") + ".")
	if n := kinds["breaking"]; n > 0 {
		sum += " " + bold(Text(plural(n, "breaking change"))) + ": consumers may use what goes or changes."
	}
	if s.r.Mode == reconcile.Plan && slices.ContainsFunc(lines, func(l line) bool { return l.c.Status == reconcile.Failed }) {
		sum += " Of a collection that failed, nothing is imported before that is mended."
	}
	s.paragraph(sum)
	s.table(columns, rows[:min(len(rows), maxRows)])
	if rest := rows[min(len(rows), maxRows):]; len(rest) > 0 {
		const most = 500
		s.details(fmt.Sprintf("%d more changes", len(rest)), func() {
			s.table(columns, rest[:min(len(rest), most)])
			if len(rest) > most {
				s.paragraph(Text(fmt.Sprintf("… and %d more: the output `result` lists them.", len(rest)-most)))
			}
		})
	}
}

// differing are the collections with a difference to tell, one for each service:
// the artifacts of one service all have the same.
func (s *summary) differing() []*reconcile.CollectionResult {
	var all []*reconcile.CollectionResult
	listed := map[[2]string]bool{}
	for i := range s.r.Collections {
		c := &s.r.Collections[i]
		told := !writes(s.r.Mode) || c.Importer != nil && c.Importer.Imported
		if len(c.Difference) == 0 || !told {
			continue
		}
		if c.Service != nil {
			service := [2]string{c.Service.Name, c.Service.Version}
			if listed[service] {
				continue
			}
			listed[service] = true
		}
		all = append(all, c)
	}
	return all
}

// kindRank orders changes: what goes before what comes.
func kindRank(c predict.Change) int {
	return slices.Index([]predict.ChangeKind{predict.Removed, predict.Changed, predict.Added}, c.Kind)
}

func changeText(c predict.Change) Text {
	t := Text(map[predict.ChangeKind]string{predict.Removed: "removed", predict.Changed: "changed", predict.Added: "added"}[c.Kind])
	if len(c.Fields) > 0 {
		t += ": " + text(reconcile.PartsText(c.Fields))
	}
	if c.Breaking {
		return "💥 " + bold("breaking") + ", " + t
	}
	return t
}
