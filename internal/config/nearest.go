package config

import "strings"

// nearest gives the candidate that a mistyped word most likely means: the one
// with the fewest edits, as long as they are fewer than a third of it or the
// word is the beginning of only this candidate. Among equals the first wins.
func nearest(word string, candidates []string) (string, bool) {
	word = strings.ToLower(word)
	if word == "" || len(word) > 64 {
		return "", false
	}
	best, edits := "", -1
	for _, c := range candidates {
		d := distance(word, c)
		if d <= max(1, len(c)/3) && (edits < 0 || d < edits) {
			best, edits = c, d
		}
	}
	if best != "" {
		return best, true
	}
	begins := 0
	for _, c := range candidates {
		if len(word) >= 3 && strings.HasPrefix(c, word) {
			best = c
			begins++
		}
	}
	return best, begins == 1
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
