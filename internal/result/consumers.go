package result

import (
	"iter"

	"postman-microcks-importer/internal/text"
)

// Consumers is what those who use a collection's mocks would notice, found out by
// replaying every request that is answered now on the service as it will be.
type Consumers struct {
	// Against what it was compared.
	Against Base `json:"against"`
	// Replayed is how many requests were, each distinct one once.
	Replayed int `json:"replayed"`
	// Untold is of how many requests or examples nothing can be told.
	Untold int `json:"untold,omitempty"`
	// Breaking is how many of the notices are, listed or not.
	Breaking int      `json:"breaking"`
	Notices  []Notice `json:"notices,omitempty"` // breaking ones first
	// MoreNotices are not listed.
	MoreNotices int `json:"moreNotices,omitempty"`
}

// Gone is a collection of the base branch that is none any more, or whose file is gone:
// its mocks lose all their answers.
type Gone struct {
	File text.Untrusted `json:"file"`
	// Name and Version of its service.
	Name      text.Untrusted `json:"name"`
	Version   text.Untrusted `json:"version"`
	Consumers *Consumers     `json:"consumers"`
}

// Gate is what became of `fail-on: breaking` on a pull request, where a label accepts
// what breaks.
type Gate struct {
	Label    text.Untrusted `json:"label"`
	Breaking int            `json:"breaking"`     // changes that count
	Accepted int            `json:"accepted"`     // of them
	By       text.Untrusted `json:"by,omitempty"` // who set the label; empty where it is not set, or not known
	At       text.Untrusted `json:"at,omitempty"` // when, as RFC 3339 has it
	// Next is what to do where not all are accepted.
	Next text.Untrusted `json:"next,omitempty"`
}

// Noticing are what consumers notice of all collections, those that are gone included.
func (r *Result) Noticing() iter.Seq[*Consumers] {
	return func(yield func(*Consumers) bool) {
		for i := range r.Gone {
			if c := r.Gone[i].Consumers; c != nil && !yield(c) {
				return
			}
		}
		for i := range r.Collections {
			if c := r.Collections[i].Consumers; c != nil && !yield(c) {
				return
			}
		}
	}
}

// Breaking is how many requests of consumers break, as far as they were replayed.
func (r *Result) Breaking() (n int) {
	for c := range r.Noticing() {
		n += c.Breaking
	}
	return n
}

// Base is what a collection is compared with.
type Base string

// Bases.
const (
	// AgainstBase is the collection as it is on the base branch, from which it was
	// predicted what its mocks answer.
	AgainstBase Base = "base"
	// AgainstServed is what Microcks serves.
	AgainstServed Base = "served"
)

// NoticeKind is a kind of what is noticed.
type NoticeKind string

// Kinds of notices.
const (
	NoticeAdded   NoticeKind = "added"   // an operation or example that is new
	NoticeRemoved NoticeKind = "removed" // an answer that is gone
	NoticeChanged NoticeKind = "changed" // an answer that becomes another one
	NoticeRenamed NoticeKind = "renamed" // an example; its answer is the same
)

// Notice is what a consumer notices of one request.
type Notice struct {
	Kind      NoticeKind     `json:"kind"`
	Operation text.Untrusted `json:"operation"`
	Example   text.Untrusted `json:"example,omitempty"`   // that answers now, or is new; empty for a whole operation that is new
	Successor text.Untrusted `json:"successor,omitempty"` // that answers then, where it has another name
	// Request to copy: "GET /rest/Pet%20Store/1.0/pets/1?expand=true".
	Request text.Untrusted `json:"request,omitempty"`
	Accept  text.Untrusted `json:"accept,omitempty"` // that the request has to have, where it tells examples apart
	// File, Line and Column, from 1, of the example that answers then, or of the part of it
	// in which the answers differ first; empty where no file of the repository has it.
	File   text.Untrusted `json:"file,omitempty"`
	Line   int            `json:"line,omitempty"`
	Column int            `json:"column,omitempty"`
	// Differences between the answers, breaking ones first.
	Differences     []NoticeDifference `json:"differences,omitempty"`
	MoreDifferences int                `json:"moreDifferences,omitempty"` // not listed
	Breaking        bool               `json:"breaking"`
	Accepted        bool               `json:"accepted,omitempty"` // by the label of a pull request
	// Fingerprint of what the notice means: the same as long as the same request breaks
	// in the same way.
	Fingerprint string `json:"fingerprint"`
}

// NoticeDifference is one difference between two answers.
type NoticeDifference struct {
	Aspect NoticeAspect `json:"aspect"`
	// At is the member of JSON, "$.items[0].price", or the name of a header.
	At       text.Untrusted  `json:"at,omitempty"`
	From     *text.Untrusted `json:"from"` // nil where there was none
	To       *text.Untrusted `json:"to"`
	Breaking bool            `json:"breaking"`
}

// NoticeAspect is in what answers differ.
type NoticeAspect string

// Aspects of answers.
const (
	AspectStatus    NoticeAspect = "status"
	AspectMediaType NoticeAspect = "media-type"
	AspectFlaw      NoticeAspect = "flaw" // the server cannot send it as it was saved
	AspectHeader    NoticeAspect = "header"
	AspectMember    NoticeAspect = "member" // of JSON: it comes or goes
	AspectType      NoticeAspect = "type"   // of a member
	AspectLength    NoticeAspect = "length" // of an array
	AspectValue     NoticeAspect = "value"
	AspectBody      NoticeAspect = "body" // that is no JSON
)
