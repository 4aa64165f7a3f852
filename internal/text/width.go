package text

import "github.com/mattn/go-runewidth"

// columns counts as terminals do that know no East Asian character set of old: what is
// ambiguous has one column. The environment does not change it.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// Width of a text is the columns that it takes: wide characters and emoji have two,
// what combines with the one before none.
func Width(s string) int { return columns.StringWidth(s) }

// Fit is s in at most width columns, with an ellipsis at its end when it was longer.
func Fit(s string, width int) string { return columns.Truncate(s, width, "…") }
