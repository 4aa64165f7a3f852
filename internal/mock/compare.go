package mock

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Response is what a mock really answered.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Aspect of an answer.
type Aspect string

// Aspects in which answers differ.
const (
	InStatus    Aspect = "status"
	InMediaType Aspect = "media-type"
	InHeader    Aspect = "header"
	InBody      Aspect = "body"
)

// Difference between a candidate and what came back.
type Difference struct {
	Aspect Aspect
	Header string // name, of InHeader
	// Want and Got in full; they are texts of the collection and of the server.
	Want, Got string
}

// Judge holds a real answer against the candidates. It returns the one that answered,
// and no differences; or the one that comes closest, with the differences. No
// candidate means that the answer is open and nothing can be said.
//
// Candidates that cannot be told apart by what they answer may all have answered:
// [Answer.Fitting] are all of them, the first of which is returned.
func (a Answer) Judge(r Response) (*Candidate, []Difference) {
	var closest *Candidate
	var differences []Difference
	for i := range a.Candidates {
		c := &a.Candidates[i]
		d := c.Differences(r)
		if len(d) == 0 {
			return c, nil
		}
		if closest == nil || nearer(d, differences) {
			closest, differences = c, d
		}
	}
	if a.Open {
		return nil, nil
	}
	return closest, differences
}

// Fitting are the candidates of which any can have been what came back.
func (a Answer) Fitting(r Response) (all []*Candidate) {
	for i := range a.Candidates {
		if c := &a.Candidates[i]; len(c.Differences(r)) == 0 {
			all = append(all, c)
		}
	}
	return all
}

// nearer reports whether differences weigh less than others: a status most.
func nearer(a, b []Difference) bool {
	status := func(list []Difference) bool {
		return slices.ContainsFunc(list, func(d Difference) bool { return d.Aspect == InStatus })
	}
	if status(a) != status(b) {
		return status(b)
	}
	return len(a) < len(b)
}

// Differences between a candidate and what came back.
func (c *Candidate) Differences(r Response) []Difference {
	var out []Difference
	differ := func(a Aspect, header, want, got string) { out = append(out, Difference{a, header, want, got}) }
	if r.Status != c.Status {
		differ(InStatus, "", http.StatusText(c.Status), http.StatusText(r.Status))
		out[0].Want, out[0].Got = number(c.Status), number(r.Status)
	}
	got := r.Header.Get("Content-Type")
	same := func(want string) bool { return sameType(want, got) }
	if c.MediaType != "" && !same(c.MediaType) && !slices.ContainsFunc(c.MediaTypes, same) {
		differ(InMediaType, "", c.MediaType, got)
	}
	for _, h := range c.Headers {
		if got := r.Header.Values(h.Name); len(h.Values) > 0 && !slices.ContainsFunc(got, h.fits) {
			want := make([]string, len(h.Values))
			for i, v := range h.Values {
				want[i] = v.String()
			}
			differ(InHeader, h.Name, strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	}
	if !c.Body.fits(r.Body) {
		differ(InBody, "", c.Body.String(), string(r.Body))
	}
	return out
}

func (h Header) fits(got string) bool {
	return slices.ContainsFunc(h.Values, func(want Text) bool {
		if h.Completed && absolute.MatchString(got) {
			pieces := slices.Clone(want.Pieces)
			pieces[0] = latin1(pieces[0])
			want.Pieces = append([]string{""}, pieces...)
		} else {
			pieces := make([]string, len(want.Pieces))
			for i, p := range want.Pieces {
				pieces[i] = latin1(p)
			}
			pieces[0] = strings.TrimLeft(pieces[0], " \t")
			pieces[len(pieces)-1] = strings.TrimRight(pieces[len(pieces)-1], " \t")
			want.Pieces = pieces
		}
		return want.Fits(got) || strings.EqualFold(h.Name, "Vary") && len(want.Pieces) == 1 && sameVary(want.Pieces[0], got)
	})
}

// sameVary reports whether two values of Vary say the same: names of headers, in
// whatever case. Where the server could compress a body, of 2 KiB and more, it writes
// them anew and adds its own.
func sameVary(want, got string) bool {
	names := func(s string) map[string]bool {
		set := map[string]bool{}
		for name := range strings.SplitSeq(strings.ToLower(s), ",") {
			if name = strings.TrimSpace(name); name != "" {
				set[name] = true
			}
		}
		return set
	}
	a, b := names(want), names(got)
	if a["*"] || b["*"] {
		return a["*"] && b["*"]
	}
	if !a[compressed] {
		delete(b, compressed)
	}
	return maps.Equal(a, b)
}

// compressed is what the server says of answers that it could have compressed.
const compressed = "accept-encoding"

// latin1 is a text as the bytes that headers are sent in.
func latin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// sameType compares media types by what clients read: type and subtype, and the
// charset where one was saved.
func sameType(want, got string) bool {
	main := func(s string) string {
		s, _, _ = strings.Cut(s, ";")
		return strings.ToLower(strings.TrimSpace(s))
	}
	if main(want) != main(got) {
		return false
	}
	return !strings.Contains(strings.ToLower(want), "charset=") || charsetOf(want) == charsetOf(got)
}

func (b Body) fits(got []byte) bool {
	switch {
	case b.Any:
		return true
	case b.None:
		return len(got) == 0
	case b.Charset != "":
		return b.fitsEncoded(got)
	case b.Text.Fits(string(got)):
		return true
	}
	return len(b.Pieces) == 1 && (sameJSON(b.Pieces[0], got) || b.Restricted && restrictsJSON(b.Pieces[0], got))
}

// fitsEncoded compares the characters that are ASCII in all encodings but UTF-16,
// which is not read here.
func (b Body) fitsEncoded(got []byte) bool {
	if strings.HasPrefix(b.Charset, "utf-16") {
		return true
	}
	ascii := func(s string) string {
		var out strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] < utf8.RuneSelf && s[i] != '?' {
				out.WriteByte(s[i])
			}
		}
		return out.String()
	}
	text := Text{Kind: b.Kind, Pieces: make([]string, len(b.Pieces))}
	for i, p := range b.Pieces {
		text.Pieces[i] = ascii(p)
	}
	return text.Fits(ascii(string(got)))
}

// sameJSON reports whether two texts are the same JSON.
func sameJSON(want string, got []byte) bool {
	var a, b any
	return json.Unmarshal([]byte(want), &a) == nil && json.Unmarshal(got, &b) == nil && reflect.DeepEqual(a, b)
}

// unescapes reports whether the escapes of a text are UTF-8.
func unescapes(s string) bool {
	plain, err := url.PathUnescape(s)
	return err == nil && utf8.ValidString(plain)
}

func number(n int) string { return strconv.Itoa(n) }
