package report

import (
	"cmp"
	"fmt"
	"strings"
)

// document is a Markdown document under construction. Whatever untrusted is in
// it came through a function of escape.go.
type document struct{ b strings.Builder }

func (d *document) String() string { return strings.TrimRight(d.b.String(), "\n") + "\n" }

// heading writes a heading of the given level.
func (d *document) heading(level int, t Markdown) {
	fmt.Fprintf(&d.b, "%s %s\n\n", strings.Repeat("#", level), t)
}

// paragraph writes a paragraph; an empty one is left out.
func (d *document) paragraph(t Markdown) {
	if t != "" {
		fmt.Fprintf(&d.b, "%s\n\n", t)
	}
}

// item of a list, with the items below it.
type item struct {
	text  Markdown
	below []Markdown
}

// list writes a list. What shows as nothing gets a dash: a line that is a marker
// alone would make a heading of the line before it.
func (d *document) list(items []item) {
	if len(items) == 0 {
		return
	}
	for _, i := range items {
		fmt.Fprintf(&d.b, "- %s\n", cmp.Or(i.text, "–"))
		for _, t := range i.below {
			fmt.Fprintf(&d.b, "  - %s\n", cmp.Or(t, "–"))
		}
	}
	d.b.WriteString("\n")
}

// column of a table.
type column struct {
	title Markdown
	right bool // for numbers
}

// table writes a table. Every row has a cell for each column.
func (d *document) table(columns []column, rows [][]Markdown) {
	if len(rows) == 0 {
		return
	}
	titles, rules := make([]Markdown, len(columns)), make([]Markdown, len(columns))
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

// row writes the cells of a table's row. Markdown has pipes in code spans only, and
// the table takes them out of the backslash before the span is read.
func (d *document) row(cells []Markdown) {
	for _, cell := range cells {
		d.b.WriteString("| " + strings.ReplaceAll(string(cell), "|", `\|`) + " ")
	}
	d.b.WriteString("|\n")
}

// lengthOf is as many bytes as a row takes, about.
func lengthOf(row []Markdown) (n int) {
	for _, cell := range row {
		n += len(cell) + len("|  ")
	}
	return n
}

// fitting is how many rows fit into so many bytes, the first ones whether they do or not.
func fitting(rows [][]Markdown, room int) int {
	for i, row := range rows {
		if room -= lengthOf(row); i >= maxRows && room < 0 {
			return i
		}
	}
	return len(rows)
}

// details writes what is shown only after a click on the summary, which is
// untrusted.
func (d *document) details(summary string, inside func()) {
	fmt.Fprintf(&d.b, "<details><summary>%s</summary>\n\n", summaryText(summary))
	inside()
	d.b.WriteString("</details>\n\n")
}

// join puts the texts that are not empty together.
func join[S ~string](separator S, parts ...S) S {
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
	return S(b.String())
}
