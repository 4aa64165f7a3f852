package text

import "strings"

// Nearest gives the candidate that a mistyped word most likely means: the one
// with the fewest edits, two or a third of it at most, or else the only one that
// the word is a part of, or whole words of it are. Among equals the first wins.
func Nearest(word string, candidates []string) (string, bool) {
	word = strings.ToLower(word)
	if word == "" || len(word) > 64 {
		return "", false
	}
	best, edits := "", -1
	for _, c := range candidates {
		d := distance(word, c)
		if d <= max(2, len(c)/3) && d < len(word)-1 && (edits < 0 || d < edits) {
			best, edits = c, d
		}
	}
	if best != "" {
		return best, true
	}
	parts := 0
	for _, c := range candidates {
		if len(word) >= 3 && strings.Contains(c, word) || strings.HasPrefix(word, c+"-") || strings.HasSuffix(word, "-"+c) {
			best = c
			parts++
		}
	}
	return best, parts == 1
}

// distance counts the insertions, deletions and substitutions of bytes between
// two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
