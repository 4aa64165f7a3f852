package predict

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"sort"

	"postman-microcks-importer/internal/budget"
)

// pairing finds the examples of an operation that are alike. Of each name there can
// be thousands, so those that can be told by a digest of all their parts are looked
// up by it. The others, which are unknown or have one of several media types, are
// gone through one by one.
type pairing struct {
	meter *budget.Meter
	was   []*sample
	taken []bool
	named map[string]*namesakes
}

// namesakes are the examples of one name: indices, ascending.
type namesakes struct {
	all  []int
	told map[[sha256.Size]byte][]int
	odd  []int
}

// sample is an example with its lists in order, since servers do not keep the one
// that they had.
type sample struct {
	*Example
	requestHeaders, responseHeaders []Header
	parameters                      []Parameter
	count, size                     int // of its texts, and their bytes
}

// What samples cost.
const (
	bytesOfSample = 200
	workOfSample  = 30  // of comparing one, without its texts
	workOfSum     = 100 // the same, of its sum
	bytesCompared = 64  // in a unit of work
	bytesDigested = 4   // the same
)

// effort of comparing it with another one, in units of work.
func (s *sample) effort() int { return workOfSample + s.count + s.size/bytesCompared }

func newSample(m *budget.Meter, e *Example) *sample {
	s := &sample{Example: e}
	m.Memory(bytesOfSample + e.listed())
	s.requestHeaders, s.responseHeaders = s.headers(m, e.Request.Headers), s.headers(m, e.Response.Headers)
	s.parameters = e.Request.Parameters
	m.Work(workOfSorting(len(s.parameters)))
	if !slices.IsSortedFunc(s.parameters, compareParameters) {
		s.parameters = slices.SortedFunc(slices.Values(s.parameters), compareParameters)
	}
	for _, p := range s.parameters {
		s.holds(p.Name, p.Value)
	}
	s.holds(e.Response.MediaTypes...)
	for _, content := range []*string{e.Request.Content, e.Response.Content, e.DispatchCriteria} {
		if content != nil {
			s.holds(*content)
		}
	}
	m.Work(s.effort())
	return s
}

func (s *sample) holds(texts ...string) {
	s.count += len(texts)
	for _, text := range texts {
		s.size += len(text)
	}
}

func (s *sample) headers(m *budget.Meter, list []Header) []Header {
	m.Work(workOfSorting(len(list)))
	list = slices.Clone(list)
	for i, h := range list {
		list[i].Values = inOrder(m, h.Values)
		s.holds(h.Name)
		s.holds(h.Values...)
	}
	sort.Slice(list, func(i, k int) bool { return compareHeaders(list[i], list[k]) < 0 })
	return list
}

// odd reports whether other examples can be like this one without being equal.
func (e *Example) odd() bool { return e.Unknown || len(e.Response.MediaTypes) > 0 }

func newPairing(m *budget.Meter, was []Example) *pairing {
	p := &pairing{meter: m, was: make([]*sample, len(was)), taken: make([]bool, len(was)), named: make(map[string]*namesakes)}
	for i := range was {
		e := newSample(m, &was[i])
		p.was[i] = e
		n := p.named[e.Name]
		if n == nil {
			n = &namesakes{told: map[[sha256.Size]byte][]int{}}
			p.named[e.Name] = n
		}
		n.all = append(n.all, i)
		if e.odd() {
			n.odd = append(n.odd, i)
		} else {
			sum := e.sum(m)
			n.told[sum] = append(n.told[sum], i)
		}
	}
	return p
}

// takeAlike takes the first example that is like e; below 0 when none is left.
func (p *pairing) takeAlike(e *sample) int {
	n := p.named[e.Name]
	if n == nil {
		return -1
	}
	if e.odd() {
		n.all = p.left(n.all)
		return p.take(p.firstAlike(n.all, e))
	}
	sum := e.sum(p.meter)
	told := p.left(n.told[sum])
	n.told[sum] = told
	n.odd = p.left(n.odd)
	first := p.firstAlike(n.odd, e)
	if len(told) > 0 && (first < 0 || told[0] < first) {
		first = told[0]
	}
	return p.take(first)
}

// takeNamesake takes the first example of that name that is left.
func (p *pairing) takeNamesake(name string) int {
	n := p.named[name]
	if n == nil {
		return -1
	}
	if n.all = p.left(n.all); len(n.all) == 0 {
		return -1
	}
	return p.take(n.all[0])
}

func (p *pairing) take(i int) int {
	if i >= 0 {
		p.taken[i] = true
	}
	return i
}

// left is the list from its first example on that is not taken.
func (p *pairing) left(list []int) []int {
	for len(list) > 0 && p.taken[list[0]] {
		list = list[1:]
	}
	return list
}

func (p *pairing) firstAlike(list []int, e *sample) int {
	for _, i := range list {
		p.meter.Work(1)
		if p.taken[i] {
			continue
		}
		p.meter.Work(min(e.effort(), p.was[i].effort()))
		if len(diffExample(p.was[i], e)) == 0 {
			return i
		}
	}
	return -1
}

// sum is equal for two examples that are not odd exactly when [diffExample] finds
// them equal.
func (s *sample) sum(m *budget.Meter) (sum [sha256.Size]byte) {
	m.Work(workOfSum + s.count + s.size/bytesDigested)
	to := summer{sha256.New()}
	to.text(&s.Response.Status)
	to.text(&s.Response.MediaType)
	to.text(s.DispatchCriteria)
	to.text(&s.SourceArtifact)
	to.text(s.Request.Content)
	to.text(s.Response.Content)
	to.headers(s.requestHeaders)
	to.headers(s.responseHeaders)
	to.number(len(s.parameters))
	for i := range s.parameters {
		to.text(&s.parameters[i].Name)
		to.text(&s.parameters[i].Value)
	}
	to.Sum(sum[:0])
	return sum
}

// summer takes texts with their lengths.
type summer struct{ hash.Hash }

func (s summer) number(n int) {
	_, _ = s.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func (s summer) text(text *string) {
	if text == nil {
		s.number(-1)
		return
	}
	s.number(len(*text))
	_, _ = s.Write([]byte(*text))
}

func (s summer) headers(list []Header) {
	s.number(len(list))
	for _, h := range list {
		s.text(&h.Name)
		s.number(len(h.Values))
		for i := range h.Values {
			s.text(&h.Values[i])
		}
	}
}
