// Package consumer tells what a consumer of the mocks of a service would notice when
// the service becomes another one: which of the requests that are answered now are
// answered otherwise then, or no more. It is pure, as predict and mock are: two
// services in, a list of changes out, without any server.
//
// [Notices] replays in memory, on the service then, every request that shows an example
// now: [mock.Mocks.Calls] makes them. An answer is a set of candidates, since each
// import chooses anew among equal examples. A change is breaking only when no candidate
// then is compatible with any candidate now, so that no choice of the server leaves a
// consumer unharmed. One answer is compatible with another if a consumer who reads the
// one can read the other:
//
//   - Its status is of the same class, 2xx, 3xx, 4xx, 5xx.
//   - Its media type is the same, whatever its parameters. An example without one is
//     sent as whatever the request accepts, and so is compatible with each.
//   - No member of its JSON is gone or of another type. null is no value: a value that
//     becomes null is as good as gone, null that becomes a value is as good as new.
//     Arrays are compared element by element as far as both go; one that becomes shorter,
//     or empty, is a change.
//   - Its body is not gone. Of bodies that are not JSON nothing more is asked.
//   - It has no flaw that the other has not: the server can send it, a client read it.
//
// All else (values, headers, other candidates) is a change that breaks nothing. Answers
// that a server makes itself (no such operation, no such example, an example that it
// cannot send) are no answers: who gets one has nothing to lose.
//
// What the mocks cannot tell is never a change. It is counted as untold.
package consumer

import (
	"cmp"
	"slices"
	"sort"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// Kind of a change.
type Kind string

// Kinds of changes.
const (
	// Added is an operation or an example that answers a request which nobody makes
	// now, or an example that is one more to answer a request that is made.
	Added Kind = "added"
	// Removed is an answer: no example answers the request any more, which is breaking; or
	// one that answered it beside others no longer does, and they still do.
	Removed Kind = "removed"
	// Changed is an answer that becomes another one.
	Changed Kind = "changed"
	// Renamed is an example that has another name and the same answer. No consumer sees
	// it: it is a note.
	Renamed Kind = "renamed"
)

// Change is what a consumer notices about one request.
type Change struct {
	Kind Kind
	// Operation that the request is made for: of now; of an added one, of then.
	Operation text.Untrusted
	// Example that answers now, or is added; empty where a whole operation is added.
	Example text.Untrusted
	// Successor answers then, of another name than Example; else empty.
	Successor text.Untrusted
	// Now and Then are these examples, of the services given; nil where none answers, and
	// where a whole operation is added.
	Now, Then *predict.Example
	// Request to copy, whole and with its query, of at most some 8 KiB:
	// "GET /rest/Pet%20Store/1.0/pets/1?expand=true".
	Request text.Untrusted
	// Accept is the media type that the request has to ask for, where examples are told
	// apart by it now or then; else empty.
	Accept text.Untrusted
	// Candidates is how many examples can answer the request then.
	Candidates int
	// Breaker is the operation then whose name is no valid pattern and breaks the request.
	Breaker text.Untrusted
	// Differences between the answers, breaking ones first, at most [MostDifferences];
	// of several candidates, between those that come closest.
	Differences []Difference
	// MoreDifferences are not listed.
	MoreDifferences int
	Breaking        bool
	// Fingerprint of what the change means, 32 hexadecimal digits: the same as long as
	// the same request breaks in the same way. Neither order nor values of JSON nor the
	// names of examples are in that of a breaking change, and of elements of an array
	// not which one it is.
	Fingerprint string
}

// Noticed is what consumers notice, as far as it was found out.
type Noticed struct {
	// Changes, breaking ones first, otherwise in the order of the services: what was
	// there before what is added.
	Changes []Change
	// Breaking of them.
	Breaking int
	// Replayed is how many requests were: each distinct one counts once.
	Replayed int
	// Untold is of how many requests or examples of now nothing can be told, or not
	// everything.
	Untold int
	// Err is why there may be more changes: [budget.ErrSpent], or the cause of a
	// context's end; nil when these are all.
	Err error
}

// Notices tells what consumers of the mocks of a service notice when it becomes
// another one. Either may be nil: there is none. A service of another name or version
// answers at other addresses, and so to none of the requests of now. Neither may
// change meanwhile, and of digested examples no bodies are compared. The options are
// those of the server that has both; work is charged to their meter, and what is
// beyond it is untold.
func Notices(now, then *predict.Service, o mock.Options) Noticed {
	r := replay{meter: o.Meter, now: sideOf(now, o), then: sideOf(then, o)}
	r.sameAddress = now != nil && then != nil && predict.MockPath(now.Name, now.Version) == predict.MockPath(then.Name, then.Version)
	r.replayNow()
	r.lookAtThen()
	all := r.out.Changes
	sort.SliceStable(all, func(i, k int) bool { return rank(all[i]) < rank(all[k]) })
	r.out.Err = cmp.Or(r.out.Err, o.Meter.Within(func() { o.Meter.Work(0) })) // what mock gave up, it tells nobody
	return r.out
}

func rank(c Change) int {
	switch {
	case c.Breaking:
		return 0
	case c.Kind == Added:
		return 2
	}
	return 1
}

// replay under way.
type replay struct {
	meter       *budget.Meter
	now, then   side
	sameAddress bool // what both services answer is asked for at the same address
	out         Noticed
}

// side is one of the two services, with the requests that show its examples.
type side struct {
	service  *predict.Service
	mocks    *mock.Mocks
	calls    []mock.Call
	uncalled []mock.Uncalled
	by       map[request]bool // the calls
	accepts  map[address]int  // how many calls differ in what they accept only
}

// address and request are what calls are known by.
type (
	address struct{ method, path, query string }
	request struct {
		address
		accept string
	}
)

func requestOf(c *mock.Call) request {
	r := request{address: address{c.Request.Method, c.Request.Path, c.Request.Query}}
	for _, h := range c.Request.Headers {
		if h.Name == "Accept" && len(h.Values) > 0 {
			r.accept = h.Values[0]
		}
	}
	return r
}

func sideOf(s *predict.Service, o mock.Options) side {
	if s == nil {
		return side{}
	}
	out := side{service: s, mocks: mock.Of(s, o)}
	out.calls, out.uncalled = out.mocks.Calls(nil)
	out.by, out.accepts = make(map[request]bool, len(out.calls)), make(map[address]int, len(out.calls))
	for i := range out.calls {
		r := requestOf(&out.calls[i])
		out.by[r] = true
		out.accepts[r.address]++
	}
	return out
}

// nobodys are the reasons for which no consumer sees an example, so that none can lose
// it. Of others nothing is known.
var nobodys = []mock.Reason{
	mock.NoAddress, mock.NotMocked, mock.TooLong, mock.Breaks, mock.Shadowed, mock.Unreachable, mock.Unselected, mock.Unanswered,
	mock.LeadsOut,
}

// What a replayed request costs beside its bodies.
const (
	workOfReplay = 50
	changeBytes  = 700
)

// replayNow asks the service then what the service now answers.
func (r *replay) replayNow() {
	for _, u := range r.now.uncalled {
		if !slices.Contains(nobodys, u.Reason) {
			r.out.Untold++
		}
	}
	for i := range r.now.calls {
		r.within(func() { r.replayed(&r.now.calls[i]) }, func() { r.out.Untold++ })
	}
}

// within runs do within what is left of the budget, and beyond that otherwise.
func (r *replay) within(do, otherwise func()) {
	if err := r.meter.Within(do); err != nil {
		r.out.Err = cmp.Or(r.out.Err, err)
		otherwise()
	}
}

func (r *replay) replayed(call *mock.Call) {
	r.meter.Work(workOfReplay)
	answer := mock.Answer{}
	if r.sameAddress {
		answer = r.then.mocks.Answer(call.Request)
	}
	if answer.Open {
		r.out.Untold++
		return
	}
	v := r.weigh(call.Answer, answer)
	r.out.Replayed++
	if v.untold {
		r.out.Untold++
	}
	for _, c := range v.changes {
		r.add(c, call)
	}
}

// add a change of the request of a call.
func (r *replay) add(c change, call *mock.Call) {
	r.meter.Memory(changeBytes + len(call.Below) + len(call.Request.Path) + len(call.Request.Query))
	asked := requestOf(call)
	c.Operation = text.Untrusted(call.Operation.Name)
	c.Request = text.Untrusted(call.Request.Method + " " + call.Path())
	if max(r.now.accepts[asked.address], r.then.accepts[asked.address]) > 1 {
		c.Accept = text.Untrusted(asked.accept)
	}
	if c.Breaking {
		r.out.Breaking++
	}
	r.out.Changes = append(r.out.Changes, c.finish(asked.accept))
}

// lookAtThen finds the operations and examples that answer what nobody asks now.
func (r *replay) lookAtThen() {
	known := map[string]bool{} // operations of now, and those of then that were told
	if r.now.service != nil {
		for i := range r.now.service.Operations {
			known[r.now.service.Operations[i].Name] = true
		}
	}
	told := map[string]bool{}
	for i := range r.then.calls {
		call := &r.then.calls[i]
		r.within(func() {
			r.meter.Work(workOfReplay)
			name := call.Operation.Name
			if told[name] {
				return
			}
			added := r.addedBy(call)
			if !known[name] && len(added) > 0 {
				added, told[name] = added[:1], true
			}
			for _, c := range added {
				one := Change{Kind: Added, Candidates: len(call.Examples)}
				if known[name] {
					one.Then = c.Example
				}
				r.add(change{meter: r.meter, Change: one}, call)
			}
		}, func() {})
	}
}

// addedBy are the candidates that answer a request of then which nobody makes now, but
// for those that answer it now, too, and for answers that are the same now.
func (r *replay) addedBy(call *mock.Call) []candidate {
	if !r.sameAddress {
		return r.sent(call.Answer)
	}
	if r.now.by[requestOf(call)] {
		return nil // replayed
	}
	answer := r.now.mocks.Answer(call.Request)
	if answer.Open {
		return nil
	}
	before, after := r.sent(answer), r.sent(call.Answer)
	key := func(c *candidate) string { return string(c.key[:]) }
	_, before, after = pairs(before, after, key)
	name := func(c *candidate) string { return c.Example.Name }
	_, _, after = pairs(before, after, name)
	return after
}
