package text

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Scrubber hides credentials by their value, in the forms in which a server
// repeats them: as they are, in a URL, in JSON, in HTML, quoted-printable, as
// numbers of bytes, in hexadecimal digits and in base64 (so also in a Basic header,
// which holds a name and the credential), broken over lines too and with invisible
// characters in between. What is left of a credential whose beginning or end was
// cut off is hidden too. It may be used by several goroutines at once; the zero
// value hides nothing.
//
// Every row of 6 bytes of every form is known by itself, so that a text is searched
// in a time that depends on its length alone: a credential is a run of places at
// which known rows begin.
type Scrubber struct {
	mu     sync.RWMutex
	known  []string // values as given
	rows   map[row]origin
	filter []uint64 // of the rows, a bit for the hash of each: most places of a text are none
}

// row is rowLength bytes of a form or a text, the last one lowest.
type row uint64

// rowLength is less than [shortest] since reading takes the spaces out.
const rowLength = 6

// with is the row one byte further.
func (r row) with(c byte) row { return (r<<8 | row(c)) & (1<<(8*rowLength) - 1) }

// shortest is the least number of bytes that is hidden by value: shorter texts
// stand in others by chance.
const shortest = 8

// filterBits is how many bits of a row's hash the filter knows: 64 KiB, in which
// the rows of some ten access tokens leave most bits free.
const filterBits = 19

// bit is the place of a row in the filter.
func (r row) bit() uint64 { return uint64(r) * 0x9E3779B97F4A7C15 >> (64 - filterBits) }

// origin is where a row comes from.
type origin struct {
	length uint16 // of the shortest form that holds it, in bytes; 65535 is more, too
	first  bool   // a form begins with it
}

// Hideable reports whether a credential of this value can be hidden in texts:
// it has at least 8 bytes and is no word that every report has.
func Hideable(credential string) bool {
	return len(credential) >= shortest && !isOwnWord(credential)
}

// Add has a credential hidden from here on. It does nothing for one that is not
// [Hideable].
func (s *Scrubber) Add(credential string) {
	if !Hideable(credential) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.known, credential) {
		return
	}
	if s.rows == nil {
		s.rows, s.filter = make(map[row]origin), make([]uint64, 1<<filterBits/64)
	}
	s.known = append(s.known, credential)
	for _, form := range formsOf(credential) {
		s.addForm(form)
	}
}

func (s *Scrubber) addForm(form string) {
	length := uint16(min(len(form), math.MaxUint16))
	var r row
	for i := range len(form) {
		if r = r.with(form[i]); i < rowLength-1 {
			continue
		}
		from, has := s.rows[r]
		if !has || length < from.length {
			from.length = length
		}
		from.first = from.first || i == rowLength-1
		s.rows[r] = from
		s.filter[r.bit()/64] |= 1 << (r.bit() % 64)
	}
}

// formsOf are the rows of bytes that stand for a credential in a text or in what
// is read from it.
func formsOf(credential string) []string {
	written := []string{credential, hex.EncodeToString([]byte(credential))}
	for _, value := range []string{credential, url.QueryEscape(credential)} { // OAuth has both in Basic headers
		for shift := range 3 {
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				encoded := encoding.EncodeToString(append(make([]byte, shift), value...))
				// The characters at both ends hold bits of the neighbours, too.
				written = append(written, encoded[(shift*8+5)/6:(shift+len(value))*8/6])
			}
		}
	}
	forms := []string{credential}
	for _, form := range written {
		// Reading takes from a form what it takes from the text that holds it.
		v, read := &view{bytes: []byte(form)}, new(view)
		for range layers {
			if len(v.bytes) >= rowLength && !isOwnWord(string(v.bytes)) {
				forms = append(forms, string(v.bytes))
			}
			if !read.read(v, layer) {
				break
			}
			read.bytes = bytes.TrimRight(read.bytes, `\`) // which would go with what follows
			v, read = &view{bytes: read.bytes}, new(view)
		}
	}
	return forms
}

// Hide takes the known credentials out of a text. It needs some 20 bytes of memory
// for each of the text, so a long one is to be cut before: what the cut leaves of a
// credential is hidden too.
func (s *Scrubber) Hide(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.known) == 0 || len(text) < shortest {
		return text
	}
	found := s.find(text)
	if len(found) == 0 {
		return text
	}
	sort.Slice(found, func(i, k int) bool { return found[i].from < found[k].from })
	var b strings.Builder
	var done int32
	for i, f := range found {
		if i == 0 || f.from >= done {
			b.WriteString(text[done:f.from])
			b.WriteString(Hidden)
		}
		done = max(done, f.to)
	}
	b.WriteString(text[done:])
	return b.String()
}

// find returns where credentials stand in a text and in all that can be read from
// it. The parts may overlap.
func (s *Scrubber) find(text string) (found []place) {
	views := scratch.Get().(*[4]view)
	defer func() {
		if cap(views[1].bytes) <= mostScratch {
			scratch.Put(views)
		}
	}()
	views[0] = view{bytes: []byte(text), length: len(text)}
	found = s.search(&views[0], nil)
	if views[1].read(&views[0], numbers) {
		found = s.search(&views[1], found)
	}
	found = s.searchLayers(&views[0], &views[2], &views[3], found)
	if views[1].read(&views[0], quotedPrintable) {
		found = s.searchLayers(&views[1], &views[2], &views[3], found)
	}
	return found
}

// scratch keeps views for the next text: most are short, and there are many.
var scratch = sync.Pool{New: func() any { return new([4]view) }}

// mostScratch is the longest view that is kept, in bytes.
const mostScratch = 64 << 10

// layers is how many escapes of different kinds are read that stand in one another,
// with the lines that a text was broken into.
const layers = 5

// searchLayers searches what can be read from a view, layer by layer, and in the
// last one what is written in separate hexadecimal digits. The views next and spare
// are overwritten.
func (s *Scrubber) searchLayers(v, next, spare *view, found []place) []place {
	for range layers {
		if !next.read(v, layer) {
			break
		}
		found = s.search(next, found)
		v, next, spare = next, spare, next
	}
	if next.read(v, digits) {
		found = s.search(next, found)
	}
	return found
}

// run is a part of a view in which every row is known, in its bytes.
type run struct {
	from   int
	first  int // where in it a form begins; -1 is nowhere
	length int // of the shortest form that holds one of the rows
}

// search adds the parts of the text where credentials stand in a view.
func (s *Scrubber) search(v *view, found []place) []place {
	var r row
	inside, at := false, run{}
	for i, c := range v.bytes {
		r = r.with(c)
		if bit := r.bit(); i >= rowLength-1 && s.filter[bit/64]&(1<<(bit%64)) != 0 {
			if from, known := s.rows[r]; known {
				begin := i - (rowLength - 1)
				if !inside {
					inside, at = true, run{begin, -1, int(from.length)}
				}
				if from.first && at.first < 0 {
					at.first = begin
				}
				at.length = min(at.length, int(from.length))
				continue
			}
		}
		if inside {
			inside, found = false, v.judge(at, i, found)
		}
	}
	if inside {
		found = v.judge(at, len(v.bytes), found)
	}
	return found
}

// judge adds the part of the text that a run stands for which ends before a place
// of the view, when it is a credential or what is left of one.
func (v *view) judge(at run, end int, found []place) []place {
	const enough = 16 // bytes in a row are in no text by chance
	from, n, begun := at.from, end-at.from, 0
	if at.first >= 0 {
		begun = end - at.first
	}
	switch cut := cutOff(v.bytes[end:]); {
	case n >= at.length:
	case n < shortest, isOwnWord(string(v.bytes[from:end])):
		return found
	case cut >= 0 && begun >= shortest && end+cut < len(v.bytes):
		from, end = at.first, end+cut
	case cut >= 0 && begun >= max(shortest, at.length/4): // of a long one not a word that it begins with
		return append(found, place{v.place(at.first, end).from, int32(v.length)})
	case n >= max(enough, at.length*3/4):
	case strings.HasSuffix(string(v.bytes[max(0, from-len(Hidden)):from]), Hidden):
	default:
		return found
	}
	return append(found, v.place(from, end))
}

// cutMarks stand where a text was cut.
var cutMarks = []string{"…", "...", "[…", "[...", "[truncated", "(truncated"}

// cutOff is the length of what stands before the place where a text was cut, when
// that is nothing or a piece of an escape; -1 when it is more, or no place was cut.
// The end of a text counts as one.
func cutOff(rest []byte) int {
	const mostPiece = 16
	atMark := func(rest string) bool {
		return rest == "" || slices.ContainsFunc(cutMarks, func(mark string) bool { return strings.HasPrefix(rest, mark) })
	}
	s := string(rest[:min(len(rest), mostPiece+len("[truncated"))])
	if atMark(s) {
		return 0
	}
	if c := s[0]; c != '%' && c != '\\' && c != '&' && c != '=' {
		return -1
	}
	for i := 1; i < min(len(s), mostPiece); i++ {
		if atMark(s[i:]) {
			return i
		}
		if c := s[i]; c != '\\' && c != '#' && c != '{' && !isAlphanumeric(c) {
			return -1
		}
	}
	if len(rest) <= mostPiece {
		return len(rest)
	}
	return -1
}
