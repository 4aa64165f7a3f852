package world

import (
	"fmt"
	"slices"

	"postman-microcks-importer/internal/result"
)

// Unexplained is what the failure of a run lacks that every failure has: an exit
// code that says what kind it is, and problems with a hint and a place in the
// documents. It is "" when nothing is missing, and for a success.
func Unexplained(code int, told result.Result) string {
	if code == 0 {
		return ""
	}
	// Not 20, which nobody thought of.
	if !slices.Contains([]int{1, 2, 3, 11, 12, 13, 14}, code) {
		return fmt.Sprintf("exit code %d", code)
	}
	problems := told.Problems
	for _, c := range told.Collections {
		problems = append(problems, c.Problems...)
	}
	errors := 0
	for _, p := range problems {
		if p.Level != result.Error {
			continue
		}
		errors++
		if p.Hint == "" || p.Anchor == "" {
			return fmt.Sprintf("a problem without hint or place in the documents: %q", p.Text)
		}
	}
	if errors == 0 {
		return "failed without a problem"
	}
	return ""
}
