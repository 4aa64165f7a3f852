package report

import (
	"fmt"
	"strings"
)

// document is a Markdown document under construction. Whatever untrusted is in
// it came through a function of escape.go.
type document struct{ b strings.Builder }

func (d *document) String() string { return strings.TrimRight(d.b.String(), "\n") + "\n" }

// heading writes a heading of the given level.
func (d *document) heading(level int, t Text) {
	fmt.Fprintf(&d.b, "%s %s\n\n", strings.Repeat("#", level), t)
}

// paragraph writes a paragraph; an empty one is left out.
func (d *document) paragraph(t Text) {
	if t != "" {
		fmt.Fprintf(&d.b, "%s\n\n", t)
	}
}

// item of a list, with the items below it.
type item struct {
	text  Text
	below []Text
}

// list writes a list.
func (d *document) list(items []item) {
	if len(items) == 0 {
		return
	}
	for _, i := range items {
		fmt.Fprintf(&d.b, "- %s\n", i.text)
		for _, t := range i.below {
			fmt.Fprintf(&d.b, "  - %s\n", t)
		}
	}
	d.b.WriteString("\n")
}

// column of a table.
type column struct {
	title Text
	right bool // for numbers
}

// table writes a table. Every row has a cell for each column.
func (d *document) table(columns []column, rows [][]Text) {
	if len(rows) == 0 {
		return
	}
	titles, rules := make([]Text, len(columns)), make([]Text, len(columns))
	for i, c := range columns {
		titles[i], rules[i] = c.title, "---"
		if c.right {
			rules[i] = "---:"
		}
	}
	d.row(titles)
	d.row(rules)
	for _, row := range rows {
		d.row(row)
	}
	d.b.WriteString("\n")
}

// row writes the cells of a table's row. Text has pipes in code spans only, and
// the table takes them out of the backslash before the span is read.
func (d *document) row(cells []Text) {
	for _, cell := range cells {
		d.b.WriteString("| " + strings.ReplaceAll(string(cell), "|", `\|`) + " ")
	}
	d.b.WriteString("|\n")
}

// details writes what is shown only after a click on the summary, which is
// untrusted.
func (d *document) details(summary string, inside func()) {
	fmt.Fprintf(&d.b, "<details><summary>%s</summary>\n\n", summaryText(summary))
	inside()
	d.b.WriteString("</details>\n\n")
}

// join puts the texts that are not empty together.
func join(separator Text, parts ...Text) Text {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(string(separator))
		}
		b.WriteString(string(p))
	}
	return Text(b.String())
}

// plural is "1 thing", "2 things".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
