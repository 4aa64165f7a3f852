// Package mock tells what the mocks of a service answer, on a Microcks server of a
// given version. It is pure, as predict is: a service as it is stored and a request
// in, the answers that are possible out. Every rule was seen on servers of 1.9.0,
// 1.10.0, 1.13.0 and 1.15.0; internal/test/conformance holds the package against
// what they answered.
//
// [Of] takes a service and makes its [Mocks]. Two questions can be asked of them:
//
//   - [Mocks.Answer]: what comes back for a request? A set of candidates. Where
//     several examples have the same criteria a server chooses anew at each import,
//     so each of them is a right answer. [Answer.Judge] holds a real answer against
//     the set, and names the candidate that answered; [Answer.Fitting] names all that
//     say the same.
//   - [Mocks.Calls]: by which requests can a consumer see every example? Each
//     distinct request once, with its answer, and beside them the examples that no
//     request leads to, each with the [Reason] and, where another operation is why,
//     that one. [Mocks.CallsOf] is the same for one operation. No call leaves the
//     mocks of the service or reaches an operation that forwards it or runs a script.
//
// And one of an example: [Mocks.Flaw], why it cannot come back as it was saved.
//
// What a server leaves open, or what is not known of it, is Open in an answer: any
// other answer may come, and none is wrong. A claim is made only where it is not.
package mock

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// Options of [Of].
type Options struct {
	// Version of the server, such as "1.15.0"; a "-SNAPSHOT" counts as its
	// release. Empty means [predict.Newest].
	Version string
	// AnyOrder says that the order in which the server goes through the operations
	// is not known: the service was not made by a collection. Then each operation
	// that can answer is a candidate.
	AnyOrder bool
	// Meter that the work is charged to. When it is spent, answers are Open. Nil
	// counts nothing.
	Meter *budget.Meter
}

// Mocks of one service. They belong to one goroutine.
type Mocks struct {
	service   *predict.Service
	behaviour behaviour
	meter     *budget.Meter
	reach     *reach
	guard     *reach // in any order, where an operation's calls are not confined to the mocks; else nil
	examples  map[*predict.Operation]*choices
	names     map[*predict.Operation]*pathName
	saved     map[*predict.Operation]map[string]string // resource paths by the criteria of their parts
	types     map[string]Flaw                          // of media types
	below     string                                   // path of the mocks
	graphQL   bool                                     // the service speaks it
	leadsOut  bool                                     // that path does
	addressed bool                                     // a path leads to the mocks
}

// Of makes the mocks of a service, which must not change any more. Of an example whose
// contents are digested, any body is right.
func Of(s *predict.Service, o Options) *Mocks {
	b := behaviourOf(o.Version)
	m := &Mocks{
		service: s, behaviour: b, meter: o.Meter,
		examples: make(map[*predict.Operation]*choices, len(s.Operations)), names: make(map[*predict.Operation]*pathName, len(s.Operations)),
		saved: map[*predict.Operation]map[string]string{}, types: map[string]Flaw{}, below: s.MockPath(),
		addressed: s.Addressable(), graphQL: s.Type == predict.TypeGraphQL,
	}
	m.leadsOut = text.HasDotSegment(m.below)
	if err := o.Meter.Within(func() {
		m.reach = newReach(s, b, o)
		if slices.ContainsFunc(s.Operations, func(op predict.Operation) bool { return reachesOut(&op) != "" }) {
			o.AnyOrder = true
			m.guard = newReach(s, b, o)
		}
	}); err != nil {
		m.reach = nil
	}
	return m
}

// Request for a mock.
type Request struct {
	Method string
	// Path as it is sent, escaped, without what all mocks of the service begin
	// with, [predict.MockPath]: "/pets/a%20b".
	Path string
	// Query as it is sent, without its question mark.
	Query   string
	Headers []predict.Header
	Body    *string
}

// header is the value of a header that is sent once; ok is false for one that is
// sent several times.
func (r Request) header(name string) (value string, ok bool) {
	ok = true
	seen := false
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, name) {
			for _, v := range h.Values {
				value, ok, seen = v, !seen, true
			}
		}
	}
	return value, ok
}

// Answer is what can come back for a request.
type Answer struct {
	// Operation that the request reaches; nil when none, or when that is open.
	Operation *predict.Operation
	// Candidates of which one answers.
	Candidates []Candidate
	// Open says that another answer may come as well.
	Open bool
}

// Kind of a candidate.
type Kind string

// Kinds of candidates. All but the first two are answers that the server makes
// itself.
const (
	Saved Kind = "saved" // an example
	// Spoilt is an example that the server cannot send, or a client not read: its
	// Flaw says why. Where the server answers 500 in its place, Status is 500.
	Spoilt       Kind = "spoilt"
	Unmatched    Kind = "unmatched"     // 400: no example has the request's criteria
	NoOperation  Kind = "no operation"  // 404: the request reaches none
	Disturbed    Kind = "disturbed"     // 500: the name of another operation is no valid pattern
	Refused      Kind = "refused"       // 4xx or 5xx: the request is not one that mocks take
	Preflight    Kind = "preflight"     // 204: OPTIONS without an operation of that method
	Unacceptable Kind = "unacceptable"  // 406: no media type that the request accepts
	Undecodable  Kind = "not decodable" // 500: query that cannot be taken apart
)

// Candidate for an answer.
type Candidate struct {
	Kind    Kind
	Example *predict.Example // of Saved and Spoilt
	Flaw    Flaw             // of Spoilt
	// Breaker is the operation whose name is no valid pattern, of Disturbed.
	Breaker *predict.Operation
	Status  int
	// MediaType as it comes back, with charset where one is certain; "" where it
	// depends on what the request accepts.
	MediaType string
	// MediaTypes are the alternatives to MediaType when several Content-Type headers
	// leave undefined which one comes.
	MediaTypes []string
	Headers    []Header
	Body       Body
}

// Header that comes back. Of several saved headers of one name a server sends one:
// each of Values is right.
type Header struct {
	Name   string
	Values []Text
	// Saved is how many values were saved. All but one of them get lost.
	Saved int
	// Completed says that the server puts the address of the service before it.
	Completed bool
}
