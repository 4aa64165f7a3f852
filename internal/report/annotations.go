package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// AnnotationLevel is a level in the runner's words.
type AnnotationLevel string

// Levels of annotations.
const (
	AnnotateError   AnnotationLevel = "error"
	AnnotateWarning AnnotationLevel = "warning"
	AnnotateNotice  AnnotationLevel = "notice"
)

// Annotation is a message for the top of the run's page and, with a file, for
// the place in it. Its texts are untrusted.
type Annotation struct {
	Level   AnnotationLevel
	Title   string
	Message string         // of several lines, each of which the program begins
	File    text.Untrusted // path in the workspace; "" for none
	Line    int            // from 1; 0 for none
	Column  int            // from 1; 0 for none
}

// Annotations of a run, errors first, and of warnings what breaks consumers first. The
// runner keeps few of a level, so a failed collection has one error, and of findings in
// a file each rule has one, at its first place.
func Annotations(r *result.Result) []Annotation {
	var errors, breaking, warnings, notices []Annotation
	failures := &failures{of: map[text.Untrusted]*failed{}}
	add := func(a Annotation) {
		switch a.Level {
		case AnnotateError:
			errors = append(errors, a)
		case AnnotateWarning:
			warnings = append(warnings, a)
		default:
			notices = append(notices, a)
		}
	}
	for _, p := range r.Problems {
		add(Annotation{Level: runnerLevel(p.Level), Title: "Microcks import", Message: message(withHint(p)), File: p.File, Line: p.Line})
	}
	for i := range r.Collections {
		c := &r.Collections[i]
		if a, any := failureAnnotation(r, c); any {
			failures.add(a, c)
		}
		for _, p := range c.Problems {
			if p.Level != result.Error {
				add(Annotation{Level: runnerLevel(p.Level), Title: title(c), Message: message(withHint(p)), File: p.File, Line: p.Line})
			}
		}
		for _, a := range findingAnnotations(c) {
			add(a)
		}
		if n := c.BreakingCount(); n > 0 && r.Mode == result.Plan {
			a := Annotation{
				Level: AnnotateWarning, Title: title(c),
				Message: message([]string{"Applying this takes something away that consumers may use: " + text.Plural(n, "breaking change") +
					", listed in the summary: " + someBreaking(c)}),
			}
			a.File, a.Line, a.Column = firstBreaking(c)
			breaking = append(breaking, a)
		}
	}
	for _, f := range failures.all {
		f.Title = f.names()
		if f.alike {
			f.Message += ofTheFirst
		}
		errors = append(errors, f.Annotation)
	}
	return slices.Concat(errors, breaking, warnings, notices)
}

// failed is the error of collections that failed by the same.
type failed struct {
	Annotation
	told
}

// failures are the errors of collections, in the order in which they are told.
type failures struct {
	all []*failed
	of  map[text.Untrusted]*failed // by what they say, of those that are in no file
}

// add adds the error of a collection, to that of others where it says the same of no
// place in a file.
func (f *failures) add(a Annotation, c *result.Collection) {
	if a.Line > 0 {
		f.all = append(f.all, &failed{Annotation: a, told: told{collections: []*result.Collection{c}}})
		return
	}
	said := text.Untrusted(a.Message)
	cause := withoutWords(said, ownWords(c))
	same := cmp.Or(f.of[said], f.of[cause])
	if same == nil {
		same = &failed{Annotation: a}
		f.all = append(f.all, same)
		f.of[cause] = same
	}
	f.of[said] = same
	same.alike = same.alike || same.Message != a.Message
	same.collections = append(same.collections, c)
	if len(same.collections) > 1 {
		same.File = ""
	}
}

// firstBreaking is where the first breaking change stands that a file has.
func firstBreaking(c *result.Collection) (file text.Untrusted, line, column int) {
	if c.Consumers == nil {
		return "", 0, 0
	}
	all := c.Consumers.Notices
	i := slices.IndexFunc(all, func(n result.Notice) bool { return n.Breaking && n.Line > 0 })
	if i < 0 {
		return "", 0, 0
	}
	return all[i].File, all[i].Line, all[i].Column
}

// someBreaking names the first breaking changes of a collection.
func someBreaking(c *result.Collection) string {
	const most = 5
	var names []string
	if c.Consumers != nil {
		for i := range c.Consumers.Notices {
			if n := &c.Consumers.Notices[i]; n.Breaking {
				names = append(names, noticeLine(n))
			}
		}
	} else {
		for _, d := range c.Difference {
			if !d.Breaking {
				continue
			}
			name := text.Excerpt(string(d.Operation), 80)
			if d.Example != "" {
				name = fmt.Sprintf("example %q of %s", text.Excerpt(string(d.Example), 80), name)
			}
			names = append(names, name+" "+string(d.Kind))
		}
	}
	said := strings.Join(names[:min(most, len(names))], "; ")
	if more := c.BreakingCount() - most; more > 0 {
		said += fmt.Sprintf("; and %d more", more)
	}
	return said
}

// failureAnnotation is the one error of a collection: its problems, or when it
// has none the errors among its findings.
func failureAnnotation(r *result.Result, c *result.Collection) (Annotation, bool) {
	a := Annotation{Level: AnnotateError, Title: title(c), File: c.File}
	var lines []string
	for _, p := range c.Problems {
		if p.Level != result.Error {
			continue
		}
		if slices.ContainsFunc(c.Findings, func(f result.Finding) bool { return f.Level == result.Error && text.Untrusted(f.Hint) == p.Hint }) {
			p.Hint = "" // the finding below says it
		}
		lines = append(lines, withHint(p)...)
		if c.File != "" && a.Line == 0 && p.Line > 0 {
			a.File, a.Line = cmp.Or(p.File, c.File), p.Line
		}
	}
	for _, g := range byRule(c.Findings) {
		if g.level != result.Error {
			continue
		}
		if c.File != "" && a.Line == 0 {
			a.File, a.Line, a.Column = fileOf(c.File, &g.findings[0]), g.findings[0].Line, g.findings[0].Column
		}
		said := g.annotation(c.File)
		said[0] = g.title() + ": " + said[0]
		lines = append(lines, said...)
	}
	if len(lines) == 0 {
		runFailed := slices.ContainsFunc(r.Problems, func(p result.Problem) bool { return p.Level == result.Error })
		if c.Status != result.Failed || runFailed {
			return a, false
		}
		lines = []string{failure(r, c)}
	}
	if done := deedsOf(c); done != "" {
		lines = append(lines, "How far it came: "+done)
	}
	a.Message = message(lines)
	return a, true
}

// findingAnnotations are the warnings: in a file one for each rule, else one for
// the collection.
func findingAnnotations(c *result.Collection) []Annotation {
	var all []Annotation
	var lines []string
	for _, g := range byRule(c.Findings) {
		if g.level != result.Warning {
			continue
		}
		first := g.findings[0]
		if c.File != "" {
			all = append(all, Annotation{
				Level: AnnotateWarning, Title: g.title(), Message: message(g.annotation(c.File)),
				File: fileOf(c.File, &first), Line: first.Line, Column: first.Column,
			})
			continue
		}
		lines = append(lines, fmt.Sprintf("%s (%d): %s", g.title(), len(g.findings), first.Message))
	}
	if len(lines) > 0 {
		all = append(all, Annotation{Level: AnnotateWarning, Title: title(c), Message: message(lines)})
	}
	return all
}

func runnerLevel(l result.Level) AnnotationLevel {
	switch l {
	case result.Error:
		return AnnotateError
	case result.Warning:
		return AnnotateWarning
	}
	return AnnotateNotice
}

func withHint(p result.Problem) []string {
	lines := []string{string(what(p))}
	if p.Hint != "" {
		lines = append(lines, "Hint: "+string(p.Hint))
	}
	return lines
}

// message has these lines and no others: a line break from outside is a space in it, so
// that nothing can pass for a line of the program.
func message(lines []string) string {
	clean := make([]string, len(lines))
	for i, line := range lines {
		clean[i] = text.Line(line)
	}
	return strings.Join(clean, "\n")
}
