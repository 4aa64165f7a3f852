package delivery

import (
	"path"
	"sort"
	"unicode/utf8"

	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/text"
)

// Positions are where offsets of the source are found, each at its index; the zero
// position for one below 0. A position in a source that is a file names none.
func (d *Document) Positions(offsets []int) []gitformat.Position {
	all, order := make([]gitformat.Position, len(offsets)), make([]int, 0, len(offsets))
	for i, offset := range offsets {
		switch {
		case offset < 0:
		case d.folder != nil:
			all[i] = d.Within(d.folder.Position(offset))
		default:
			order = append(order, i)
		}
	}
	sort.Slice(order, func(a, b int) bool { return offsets[order[a]] < offsets[order[b]] })
	at, p := 0, gitformat.Position{Line: 1, Column: 1}
	for _, i := range order {
		for end := min(offsets[i], len(d.source)); at < end; {
			c, size := rune(d.source[at]), 1
			if c >= utf8.RuneSelf {
				_, size = utf8.DecodeRune(d.source[at:])
			}
			at += size
			p.Column++
			if c == '\n' {
				p = gitformat.Position{Line: p.Line + 1, Column: 1}
			}
		}
		all[i] = p
	}
	return all
}

// Within is a position in the folder as one in the repository.
func (d *Document) Within(p gitformat.Position) gitformat.Position {
	return gitformat.Position{File: text.Untrusted(path.Join(d.path, string(p.File))), Line: p.Line, Column: p.Column}
}
