package actions

import (
	"strings"
	"unicode/utf8"
)

// summaryBudget is the most bytes written to a step's summary. The runner drops
// a summary of more than 1 MiB whole.
const summaryBudget = 900 << 10

// cutNotice ends a summary that was too long.
const cutNotice = "\n\n**The rest was cut:** a job summary can take no more. The outputs and the log have the whole result.\n"

// WriteSummary adds Markdown to the job summary. What is beyond 900 KiB, over
// all calls, is cut at the end of a line, and a notice says so. The text has to
// be escaped already.
func (r *Runner) WriteSummary(markdown string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	markdown = strings.ToValidUTF8(markdown, "\uFFFD")
	f, err := r.file("GITHUB_STEP_SUMMARY", &r.summary)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(markdown, "\n") {
		markdown += "\n"
	}
	text := cutSummary(markdown, r.left)
	r.left -= len(text)
	if _, err := f.WriteString(text); err != nil {
		return &FileError{Variable: "GITHUB_STEP_SUMMARY", Err: err}
	}
	return nil
}

// cutSummary returns a text of at most budget bytes: the whole one, or its
// first lines with what they leave open closed and a notice. A budget too small
// for the notice gives nothing.
func cutSummary(markdown string, budget int) string {
	if len(markdown) <= budget {
		return markdown
	}
	// Lines are dropped until what closes them fits too.
	keep := min(len(markdown), max(budget-len(cutNotice), 0))
	for {
		for keep > 0 && !utf8.RuneStart(markdown[keep]) {
			keep--
		}
		if end := strings.LastIndexByte(markdown[:keep], '\n'); end >= 0 {
			keep = end + 1
		}
		end := closing(markdown[:keep]) + cutNotice
		if keep+len(end) <= budget {
			return markdown[:keep] + end
		}
		if keep == 0 {
			return ""
		}
		keep = max(0, min(keep-1, budget-len(end)))
	}
}

// closing returns the lines that close a code fence and the <details> that a
// piece of Markdown leaves open.
func closing(markdown string) string {
	fence, details := "", 0
	for line := range strings.SplitSeq(markdown, "\n") {
		text := strings.TrimLeft(line, " ")
		run := ""
		if strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~") {
			run = text[:len(text)-len(strings.TrimLeft(text, text[:1]))]
		}
		switch {
		case fence == "" && run != "":
			fence = run
		case fence != "" && strings.HasPrefix(run, fence) && strings.TrimSpace(text) == run:
			fence = ""
		case fence == "":
			details += strings.Count(text, "<details") - strings.Count(text, "</details>")
		}
	}
	var b strings.Builder
	if fence != "" {
		b.WriteString("\n" + fence + "\n")
	}
	for range details {
		b.WriteString("\n</details>\n")
	}
	return b.String()
}
