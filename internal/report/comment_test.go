package report

import "strings"

// blob is where files of the head commit are.
const blob = "https://github.com/acme/shop/blob/0f8a3c5e7d9b1a2c4e6f8091a3b5c7d9e0f1a2b3"

// whole is a comment that needs no cut.
func whole(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Head + strings.Join(p.Rows, "") + p.Foot)
	}
	return b.String()
}
