package report

import (
	"fmt"
	"net/url"
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
}

// CommentMore ends a comment that had to be cut.
const CommentMore = "\n… and more: see the summary of the run.\n"

// HasNews reports whether a plan has something to say on a pull request.
func HasNews(r *result.Result) bool {
	if r.Due() || r.Status == result.Failed || len(noticing(r)) > 0 {
		return true
	}
	for i := range r.Collections {
		c := &r.Collections[i]
		for _, f := range c.Findings {
			if f.New {
				return true
			}
		}
	}
	return false
}

// Comment is what a plan says on the pull request, its parts in the order of their
// importance. blob is the address of the folder of the head commit's files, without a
// slash at its end; "" links none.
func Comment(r *result.Result, c Context, blob string) []Part {
	s := &jobSummary{r: r, c: c}
	for i := range r.Collections {
		s.order = append(s.order, &r.Collections[i])
	}
	head := Markdown("✅ No changes to the mocks")
	if HasNews(r) {
		head = icon(r) + " " + inline(outcome(r))
	}
	parts := []Part{s.part(func() {
		s.heading(3, head)
		s.paragraph(s.circumstancesOfComment())
		if replayed(r) && len(noticing(r)) > 0 {
			s.paragraph(Markdown(noticeSum(r)))
			s.paragraph(gateLine(r))
		}
	})}
	parts = append(parts, s.wrong()...)
	var breaking, other []noticed
	for _, n := range noticing(r) {
		if n.Breaking {
			breaking = append(breaking, n)
		} else {
			other = append(other, n)
		}
	}
	tabled := func(title Markdown, all []noticed) {
		columns, rows := noticeTable(r, all)
		parts = append(parts, s.tablePart(title, columns, rows)...)
	}
	tabled("💥 What breaks for consumers", breaking)
	tabled("What else changes for consumers", other)
	if columns, rows, more := s.changeTable(); more {
		parts = append(parts, s.tablePart("What apply would do", columns, rows)...)
	}
	columns, rows := s.newFindings(blob)
	parts = append(parts, s.tablePart("New findings", columns, rows)...)
	return append(parts, s.addresses()...)
}

// circumstancesOfComment are what the plan was made against; times and the run are
// left out, so that the same plan is the same comment.
func (s *jobSummary) circumstancesOfComment() Markdown {
	if s.r.Server == nil {
		return ""
	}
	return inline("Microcks"+serverVersion(s.r)) + " at " + code(s.r.Server.URL)
}

// part is what write writes.
func (s *jobSummary) part(write func()) Part {
	s.b.Reset()
	write()
	head := s.b.String()
	s.b.Reset()
	return Part{Head: head}
}

// tablePart is a table with its heading; none without rows.
func (s *jobSummary) tablePart(title Markdown, columns []column, rows [][]Markdown) []Part {
	if len(rows) == 0 {
		return nil
	}
	p := s.part(func() {
		s.heading(4, title)
		s.table(columns, rows[:1])
	})
	p.Head = strings.TrimSuffix(p.Head, "\n")
	last := strings.LastIndex(strings.TrimSuffix(p.Head, "\n"), "\n") + 1
	p.Head, p.Rows, p.Foot = p.Head[:last], []string{p.Head[last:]}, "\n"
	for _, row := range rows[1:] {
		s.b.Reset()
		s.row(row)
		p.Rows = append(p.Rows, s.b.String())
	}
	s.b.Reset()
	return []Part{p}
}

// wrong lists errors, as rows of a list.
func (s *jobSummary) wrong() []Part {
	var rows []string
	for _, p := range problems(s.r) {
		if p.Level == result.Error {
			rows = append(rows, "- "+string(s.problem(p))+"\n")
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return []Part{{Head: "#### What went wrong\n\n", Rows: rows, Foot: "\n"}}
}

// newFindings are those that the base branch does not have.
func (s *jobSummary) newFindings(blob string) ([]column, [][]Markdown) {
	var rows [][]Markdown
	for _, c := range s.order {
		for _, f := range c.Findings {
			if !f.New {
				continue
			}
			g := ruleFindings{id: f.ID, name: f.Name, level: f.Level, findings: []result.Finding{f}}
			rows = append(rows, []Markdown{
				levelIcon(f.Level) + " " + s.ruleLink(g) + "<br>" + prose(f.Message), whereLinked(blob, c.File, f),
			})
		}
	}
	return []column{{title: "Finding"}, {title: "Where"}}, rows
}

// whereLinked is where a finding is, with a link to its line in the head commit.
func whereLinked(blob string, file text.Untrusted, f result.Finding) Markdown {
	if file = fileOf(file, &f); blob == "" || file == "" || f.Line == 0 {
		return where(file, f)
	}
	var names []string
	for name := range strings.SplitSeq(string(file), "/") {
		names = append(names, url.PathEscape(name))
	}
	at := link(short(fmt.Sprintf("%s:%d", file, f.Line), 120), fmt.Sprintf("%s/%s#L%d", blob, strings.Join(names, "/"), f.Line))
	f.Line = 0
	if len(f.Path) == 0 {
		return at
	}
	return at + "<br>" + where("", f)
}

// addresses are where the mocks of each collection answer.
func (s *jobSummary) addresses() []Part {
	var rows [][]Markdown
	for _, c := range s.order {
		if c.Service == nil || s.r.Mode == result.Check {
			continue
		}
		if base := mockBase(c.Service); base != "" {
			rows = append(rows, []Markdown{short(collectionName(c), 80), code(base)})
		}
	}
	return s.tablePart("Where the mocks answer", []column{{title: "Collection"}, {title: "Address"}}, rows)
}
