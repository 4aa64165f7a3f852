package predict

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
)

// pairing finds the examples of an operation that are alike. Of each name there can
// be thousands, so those that can be told by a digest of all their parts are looked
// up by it. The others, which are unknown or have one of several media types, are
// gone through one by one.
type pairing struct {
	was   []Example
	taken []bool
	named map[string]*namesakes
}

// namesakes are the examples of one name: indices, ascending.
type namesakes struct {
	all  []int
	told map[[sha256.Size]byte][]int
	odd  []int
}

// mostOdd bounds what is gone through one by one in one comparison of services, in
// examples, headers and parameters.
const mostOdd = 3_000_000

// effort of pairing examples one by one.
func effort(was, is []Example) int {
	odd := func(list []Example) (odd, size int) {
		for i := range list {
			e := &list[i]
			size += 1 + len(e.Request.Headers) + len(e.Response.Headers) + len(e.Request.Parameters)
			if e.odd() {
				odd++
			}
		}
		return odd, size
	}
	oddBefore, sizeBefore := odd(was)
	oddAfter, sizeAfter := odd(is)
	return oddBefore*sizeAfter + oddAfter*sizeBefore
}

// odd reports whether other examples can be like this one without being equal.
func (e *Example) odd() bool { return e.Unknown || len(e.Response.MediaTypes) > 0 }

func newPairing(was []Example) *pairing {
	p := &pairing{was: was, taken: make([]bool, len(was)), named: make(map[string]*namesakes)}
	for i := range was {
		e := &was[i]
		n := p.named[e.Name]
		if n == nil {
			n = &namesakes{told: map[[sha256.Size]byte][]int{}}
			p.named[e.Name] = n
		}
		n.all = append(n.all, i)
		if e.odd() {
			n.odd = append(n.odd, i)
		} else {
			sum := e.sum()
			n.told[sum] = append(n.told[sum], i)
		}
	}
	return p
}

// takeAlike takes the first example that is like e; below 0 when none is left.
func (p *pairing) takeAlike(e *Example) int {
	n := p.named[e.Name]
	if n == nil {
		return -1
	}
	if e.odd() {
		return p.take(p.firstAlike(n.all, e))
	}
	sum := e.sum()
	told := p.left(n.told[sum])
	n.told[sum] = told
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

func (p *pairing) firstAlike(list []int, e *Example) int {
	for _, i := range list {
		if !p.taken[i] && len(diffExample(p.was[i], *e)) == 0 {
			return i
		}
	}
	return -1
}

// sum is equal for two examples that are not odd exactly when [diffExample] finds
// them equal.
func (e *Example) sum() (sum [sha256.Size]byte) {
	s := summer{sha256.New()}
	s.text(&e.Response.Status)
	s.text(&e.Response.MediaType)
	s.text(e.DispatchCriteria)
	s.text(&e.SourceArtifact)
	s.text(e.Request.Content)
	s.text(e.Response.Content)
	s.headers(e.Request.Headers)
	s.headers(e.Response.Headers)
	parameters := slices.SortedFunc(slices.Values(e.Request.Parameters), compareParameters)
	s.number(len(parameters))
	for i := range parameters {
		s.text(&parameters[i].Name)
		s.text(&parameters[i].Value)
	}
	s.Hash.Sum(sum[:0])
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
	list = slices.SortedFunc(slices.Values(list), compareHeaders)
	s.number(len(list))
	for _, h := range list {
		s.text(&h.Name)
		values := slices.Sorted(slices.Values(h.Values))
		s.number(len(values))
		for i := range values {
			s.text(&values[i])
		}
	}
}
