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

// The runner keeps ten annotations of a level in a step, and cuts their messages
// (maxCountPerIssueType and maxIssueMessageLength in its ExecutionContext). One of the
// ten is its own: that a container ended with another code than 0.
const (
	maxAnnotations = 9    // of a level in a step
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

// Annotate shows an annotation: of a level the first eight at once, and the ninth when
// [Runner.Close] knows that there is none after it. Else its place says how many more
// there were.
func (r *Runner) Annotate(level Level, a Annotation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[level]++
	switch n := r.asked[level]; {
	case n < maxAnnotations:
		r.show(level, a)
	case n == maxAnnotations:
		r.last[level] = a
	}
}

// showLast shows the last annotation of each level, or how many were left out. The
// caller holds the lock.
func (r *Runner) showLast() {
	for _, level := range []Level{Error, Warning, Notice} {
		left := r.asked[level] - (maxAnnotations - 1)
		switch {
		case left <= 0:
			continue
		case left == 1:
			r.show(level, r.last[level])
		default:
			r.show(level, Annotation{
				Title: fmt.Sprintf("%d more", left), Message: fmt.Sprintf("… and %d more: see the summary.", left),
			})
		}
		r.asked[level] = 0
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
