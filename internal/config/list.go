package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// entry is one value of a list.
type entry struct {
	line int    // from 1, of the value as it was given
	text string // without what only makes the list
}

// parseList reads one value per line, or an array of texts in JSON. What people write
// lists with is no part of a value: empty lines, a # at the beginning of a line or
// between white space with all that follows it, a bullet before, quotes around, a
// comma behind.
func parseList(s string) []entry {
	var texts []string
	if !strings.HasPrefix(s, "[") || json.Unmarshal([]byte(s), &texts) != nil {
		texts = strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
	}
	var entries []entry
	for i, text := range texts {
		if text = bare(text); text != "" {
			entries = append(entries, entry{i + 1, text})
		}
	}
	return entries
}

var (
	comment = regexp.MustCompile(`(^|\s)#(\s.*)?$|^#.*$`)
	bullet  = regexp.MustCompile(`^[-*•–]\s+`)
)

// bare takes from a line of a list what is no part of its value.
func bare(line string) string {
	line = trim(comment.ReplaceAllString(trim(line), ""))
	line = bullet.ReplaceAllString(line, "")
	return unquoted(trim(strings.TrimRight(line, ",;")))
}

// quotes are pairs of quotation marks, those of word processors included.
var quotes = []string{`""`, `''`, "``", "“”", "„“", "‘’", "«»"}

// unquoted takes the quotation marks around a text away.
func unquoted(s string) string {
	for _, pair := range quotes {
		marks := []rune(pair)
		inner, opened := strings.CutPrefix(s, string(marks[0]))
		inner, closed := strings.CutSuffix(inner, string(marks[1]))
		if opened && closed {
			return trim(inner)
		}
	}
	return s
}

// words are the values of a list whose values hold neither commas nor white space.
func (e entry) words() []string {
	return strings.FieldsFunc(strings.Trim(e.text, "[]"), isSeparator)
}

func isSeparator(r rune) bool { return strings.ContainsRune(",;| \t\u00a0", r) }

// What can be wrong with how a value is written, where the value itself is not
// understood.
const (
	severalOnLine fault = "it contains several collections on one line"
	inBrackets    fault = "it is a list in brackets"
	withMainFlag  fault = "it ends as in other actions, where that says whether a file is a main artifact"
	unclosedQuote fault = "it contains a quotation mark"
	unfilled      fault = "it contains a variable that nothing has filled in"
)

// variable is one of a shell or of a workflow.
var variable = regexp.MustCompile(`\$(\{\{|\{?[A-Za-z_])`)

// misshapen tells how a line that is no collection was written, and the next step;
// "" when its form says nothing.
func (p *parser) misshapen(line string) (wrong fault, hint string) {
	parts := entry{text: line}.words()
	isNone := func(part string) bool { return !isCollection(unquoted(part)) }
	switch {
	case variable.MatchString(line):
		return unfilled, p.fillHint(line)
	case strings.HasPrefix(line, "["):
		return inBrackets, "write one collection a line, without brackets"
	case len(parts) > 1 && !slices.ContainsFunc(parts, isNone):
		return severalOnLine, "write each on a line of its own"
	case strings.HasSuffix(line, ":true"), strings.HasSuffix(line, ":false"):
		return withMainFlag, "leave it out, and say it with " + p.example("main-artifact")
	case strings.ContainsAny(line, "\"'`“”"):
		return unclosedQuote, "write the value without quotation marks, one per line"
	}
	return oddCharacterIn(line), "type the value anew, without characters around it"
}

// fillHint is how a variable gets into a value.
func (p *parser) fillHint(value string) string {
	if p.trigger.onGitHub {
		return "in a workflow write ${{ vars.NAME }} or ${{ env.NAME }}: the variables of a shell are not filled in under with:"
	}
	if strings.Contains(value, "${{") {
		return "an expression of a workflow is filled in on GitHub only: write its value"
	}
	return "a shell fills in a variable within double quotes, and not within single ones"
}
