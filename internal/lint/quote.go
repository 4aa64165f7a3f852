package lint

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/text"
)

// quote shows a text of the collection inside a message: on one line and not
// longer than a reader needs. What cannot be seen is written as Go does, \n for
// a line's end; the rest stands as it is.
func quote(s string) string {
	const longest = 81 // runes
	if most := utf8.UTFMax * (longest + 1); len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	s = text.Cut(java.WellFormed(s), longest)
	if !strings.ContainsFunc(s, func(c rune) bool { return !strconv.IsPrint(c) }) {
		return `"` + s + `"`
	}
	var b strings.Builder
	for _, c := range s {
		if strconv.IsPrint(c) {
			b.WriteRune(c)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(c), "'"))
		}
	}
	return `"` + b.String() + `"`
}

// megabytes is a size as Microcks' limit of 16 MB counts: in MiB.
func megabytes(n int) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}
