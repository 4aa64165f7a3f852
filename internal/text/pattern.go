package text

import "strings"

// MatchesName reports whether a whole name matches a pattern, letter by letter: * is any
// number of characters, ? is one, and \ takes its meaning from what follows.
func MatchesName(pattern, name string) bool {
	p, s := []rune(pattern), []rune(name)
	star, from := -1, 0 // the last * that was met, and where what follows it was tried
	i, k := 0, 0
	for k < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, k
			i++
			continue
		case i < len(p) && p[i] == '?':
			i, k = i+1, k+1
			continue
		case i+1 < len(p) && p[i] == '\\' && p[i+1] == s[k]:
			i, k = i+2, k+1
			continue
		case i < len(p) && p[i] != '\\' && p[i] == s[k]:
			i, k = i+1, k+1
			continue
		case star < 0:
			return false
		}
		from++
		i, k = star+1, from
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// ExactName is the pattern that matches this name, and no other that can be told from it:
// what a line of text does not keep, such as a space at an end, is a ?.
func ExactName(name string) string {
	var b strings.Builder
	inner := strings.TrimSpace(name)
	start := strings.Index(name, inner)
	for i, r := range name {
		switch {
		case i < start || i >= start+len(inner) || Line(string(r)) != string(r):
			b.WriteByte('?')
			continue
		case strings.ContainsRune(`\*?`, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
