package delivery

import (
	"path"
	"sort"

	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
)

// Positions are where offsets of the source are found, each at its index; the zero
// position for one below 0. Only those in a folder name a file, by its path in it.
func (d *Document) Positions(offsets []int) []gitformat.Position {
	all, order := make([]gitformat.Position, len(offsets)), make([]int, 0, len(offsets))
	for i, offset := range offsets {
		switch {
		case offset < 0:
		case d.folder != nil:
			all[i] = d.folder.Position(offset)
		default:
			order = append(order, i)
		}
	}
	sort.Slice(order, func(a, b int) bool { return offsets[order[a]] < offsets[order[b]] })
	at, mark := 0, yamltree.Start
	for _, i := range order {
		end := min(offsets[i], len(d.source))
		mark = mark.After(d.source[at:end])
		at, all[i] = end, gitformat.Position{Line: mark.Line, Column: mark.Column}
	}
	return all
}

// Within is a position in the folder that the document was made of as one in the
// repository.
func (d *Document) Within(p gitformat.Position) gitformat.Position {
	if d.folder != nil {
		p.File = text.Untrusted(path.Join(d.path, string(p.File)))
	}
	return p
}
