package actions

import (
	"fmt"
	"strconv"
	"unicode/utf16"

	"postman-microcks-importer/internal/text"
)

// Level of an annotation, in the runner's words.
type Level string

// Levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Notice  Level = "notice"
)

// What the runner keeps of annotations (maxCountPerIssueType and
// maxIssueMessageLength in its ExecutionContext).
const (
	maxAnnotations = 10   // of a level in a step
	maxMessage     = 4096 // UTF-16 code units
	maxTitle       = 255
)

// Annotation is a message that the runner shows on top of the run, and in the
// file where there is one. All texts may be untrusted. The message may have
// several lines.
type Annotation struct {
	Title   string
	File    string // path in the workspace; empty for none
	Line    int    // from 1; 0 for none
	Col     int    // from 1; 0 for none
	Message string // cut at 4096 UTF-16 code units
}

// Annotate shows an annotation. The runner drops all but 10 of a level: from the
// tenth on they are counted, and [Runner.Close] says how many there were.
func (r *Runner) Annotate(level Level, a Annotation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked[level]++; r.asked[level] < maxAnnotations {
		r.show(level, a)
	}
}

// sayLeftOut uses the tenth place of a level to say how many more there were.
// The caller holds the lock.
func (r *Runner) sayLeftOut() {
	for _, level := range []Level{Error, Warning, Notice} {
		left := r.asked[level] - (maxAnnotations - 1)
		if left <= 0 {
			continue
		}
		r.asked[level] = 0
		r.show(level, Annotation{
			Title:   fmt.Sprintf("%d more", left),
			Message: fmt.Sprintf("%d more of this kind: the summary has them all.", left),
		})
	}
}

// show writes the command of one annotation. The caller holds the lock.
func (r *Runner) show(level Level, a Annotation) {
	message := cutMessage(text.Lines(r.Hide(beginning(a.Message, maxMessage))))
	fields := map[string]string{}
	set := func(name, value string) {
		if value != "" {
			fields[name] = value
		}
	}
	set("title", text.Cut(text.Line(r.Hide(beginning(a.Title, maxTitle))), maxTitle))
	if a.File != "" {
		set("file", text.Line(r.Hide(beginning(a.File, maxMessage))))
		if a.Line > 0 {
			set("line", strconv.Itoa(a.Line))
			if a.Col > 0 {
				set("col", strconv.Itoa(a.Col))
			}
		}
	}
	c := r.commands.WithFieldsMap(fields)
	switch level {
	case Error:
		c.Errorf("%s", message)
	case Warning:
		c.Warningf("%s", message)
	default:
		c.Noticef("%s", message)
	}
}

// cutMessage cuts a text to at most maxMessage UTF-16 code units, as the runner
// counts, the last one an ellipsis when it was cut.
func cutMessage(s string) string {
	const n = maxMessage
	if len(s) <= n {
		return s
	}
	units, cut := 0, 0
	for i, c := range s {
		if units <= n-1 {
			cut = i
		}
		width := utf16.RuneLen(c)
		if width < 0 {
			width = 1
		}
		units += width
		if units > n {
			return s[:cut] + "…"
		}
	}
	return s
}
