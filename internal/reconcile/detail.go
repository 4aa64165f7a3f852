package reconcile

import (
	"slices"
	"sync"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Bounds of the detail that a run keeps. No place that tells it has room for more,
// and what is kept is to be told in a fraction of a second: a run that is out of time
// has no more.
const (
	mostFindings     = 5000
	mostFindingBytes = 2 << 20
	mostListed       = 10_000 // operations and examples
	mostChanges      = 5000
	// What each collection may keep, however many others have.
	fewFindings = 20
	fewBytes    = 8 << 10
	fewListed   = 100
	fewChanges  = 20
)

// detail is what the collections of a run keep, together.
type detail struct {
	guard           sync.Mutex
	findings, bytes int // that were kept
	listed, changes int
}

// keep cuts the findings of a collection to what may be kept, errors first. was are
// those of the same collection that they replace.
func (d *detail) keep(was, findings []result.Finding) []result.Finding {
	d.guard.Lock()
	defer d.guard.Unlock()
	for i := range was {
		d.findings--
		d.bytes -= size(&was[i])
	}
	n, bytes := d.fit(findings)
	if n < len(findings) {
		rank := map[result.Level]int{result.Error: 0, result.Warning: 1, result.Note: 2}
		slices.SortStableFunc(findings, func(a, b result.Finding) int { return rank[a.Level] - rank[b.Level] })
		if n, bytes = d.fit(findings); n == 0 { // not even one that is short
			n = 1
			first := &findings[0]
			first.Message, first.Pointer, first.Path = text.Cut(first.Message, 1000), "", nil
			bytes = size(first)
		}
		findings = slices.Clone(findings[:n])
		const left = "; what else was found of this collection is not counted"
		findings[n-1].Message += left
		bytes += len(left)
	}
	d.findings += n
	d.bytes += bytes
	return findings
}

// fit is how many of the findings may be kept, and their bytes.
func (d *detail) fit(findings []result.Finding) (n, bytes int) {
	for ; n < len(findings); n++ {
		more := size(&findings[n])
		own := n < fewFindings && bytes+more <= fewBytes
		if !own && (d.findings+n >= mostFindings || d.bytes+bytes+more > mostFindingBytes) {
			break
		}
		bytes += more
	}
	return n, bytes
}

// list is how many operations and examples of a service may be listed; was is the one
// that it replaces.
func (d *detail) list(was *result.Service, s *predict.Service) int {
	if s == nil {
		return 0
	}
	d.guard.Lock()
	defer d.guard.Unlock()
	if was != nil {
		d.listed -= len(was.Operations)
		for _, op := range was.Operations {
			d.listed -= len(op.Examples)
		}
	}
	n := len(s.Operations)
	for i := range s.Operations {
		n += len(s.Operations[i].Examples)
	}
	n = min(n, max(fewListed, mostListed-d.listed))
	d.listed += n
	return n
}

// keepChanges cuts the changes of a collection to what may be kept, breaking ones
// first, and tells it when some are left out.
func (d *detail) keepChanges(it *item, changes []result.Difference) []result.Difference {
	d.guard.Lock()
	defer d.guard.Unlock()
	all := len(changes)
	n := min(all, max(fewChanges, mostChanges-d.changes))
	d.changes += n
	if n == all {
		return changes
	}
	slices.SortStableFunc(changes, func(a, b result.Difference) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[a.Breaking] - rank[b.Breaking]
	})
	it.Tell(result.Note, "changes-left-out", text.Untrustedf("planning: only %d of %d changes are listed and counted", n, all),
		"nothing: all of them are carried out")
	return slices.Clone(changes[:n])
}

func size(f *result.Finding) int {
	n := len(f.Message) + len(f.Hint) + len(f.Pointer)
	for _, name := range f.Path {
		n += len(name)
	}
	return n
}
