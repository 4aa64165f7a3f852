package reconcile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// mocks calls the mock of every operation that has an example of ours, each distinct
// request once, and holds what it answers against what is predicted. It does so
// whether something was imported or not: a run that looks at nothing proves nothing.
func (v *verification) mocks(ctx context.Context) {
	began := time.Now()
	// What mocks answer is bounded by what was saved, and waits for nothing: calls
	// share slots with those of other services.
	inside, leave := v.room.Enter(ctx)
	defer leave()
	service, err := v.whole(inside)
	if err != nil {
		v.fail(err)
		return
	}
	p := &proof{verification: v, answers: mock.Of(service, v.mockOptions(ctx, !v.service.HasMain())), most: v.share()}
	for i := range service.Operations {
		p.add(&service.Operations[i])
	}
	if broken := p.callAll(ctx); broken != nil {
		v.fail(broken)
		return
	}
	if ctx.Err() != nil {
		for _, it := range v.items {
			it.notFinished(context.Cause(ctx))
		}
		return
	}
	told := p.told()
	examples := 0
	for _, o := range p.ops {
		examples += o.shown.Examples
	}
	for _, it := range v.items {
		it.Verified = &result.Verification{Scope: result.ScopeMocks, Examples: examples, Mocks: told}
	}
	v.step("verify", v.items[0], began, fmt.Sprintf("%d of %s with examples answered as saved, %s", told.Proved,
		text.Plural(told.Count(), "operation"), text.Plural(told.Calls, "call")))
	if told.Otherwise > 0 {
		v.fail(&result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("verifying: the mocks of %s did not answer as saved: %s",
				text.Plural(told.Otherwise, "operation"), someMocks(told)),
			Hint: "call the mock by hand and compare; an override of the operation in Microcks, or an import at the same time, " +
				"can be why it answers otherwise",
			Anchor: "verify-mocks", ExitCode: 1,
		})
	}
}

// mockOptions for what this run's Microcks answers.
func (r *reconciliation) mockOptions(ctx context.Context, anyOrder bool) mock.Options {
	o := mock.Options{Version: r.MicrocksVersion, AnyOrder: anyOrder, Meter: budget.New(ctx)}
	if r.session != nil {
		o.Version = r.session.Version.Number()
	}
	return o
}

// proof is that of the mocks of one service.
type proof struct {
	*verification
	answers *mock.Mocks
	ops     []*provedOperation // those with an example of ours
	most    int                // bytes that are told
}

// ownCall is a call that examples of ours can answer, and how many.
type ownCall struct {
	mock.Call
	ours int
}

// provedOperation is one operation on its way.
type provedOperation struct {
	guard sync.Mutex
	calls []ownCall
	at    int // of the call that is shown
	shown result.MockedOperation
}

// add an operation, if it has an example of ours.
func (p *proof) add(op *predict.Operation) {
	calls, uncalled := p.answers.CallsOf(op, p.ours)
	o := &provedOperation{shown: result.MockedOperation{Name: listed(op.Name), Outcome: result.MockNotCalled}}
	for i := range op.Examples {
		if p.ours(&op.Examples[i]) {
			o.shown.Examples++
		}
	}
	if o.shown.Examples == 0 {
		return
	}
	for _, u := range uncalled {
		other := ""
		if u.Other != nil {
			other = u.Other.Name
		}
		o.without(result.CallReason(u.Reason), listed(other), 1)
	}
	for _, call := range calls {
		one := ownCall{Call: call}
		for _, ex := range call.Examples {
			if p.ours(ex) {
				one.ours++
			}
		}
		if lengthUnknown(call) {
			o.without(result.CallNotKnown, "", one.ours)
			continue
		}
		o.calls = append(o.calls, one)
	}
	p.ops = append(p.ops, o)
}

// ours reports whether an example is one of this run's collections.
func (v *verification) ours(ex *predict.Example) bool { return v.service.Imports(ex.SourceArtifact) }

// lengthUnknown reports whether an example of another artifact can answer a call with
// a length of its own: nobody knows whether a client can read that.
func lengthUnknown(call mock.Call) bool {
	return slices.ContainsFunc(call.Examples, func(ex *predict.Example) bool {
		return ex.Digested && slices.ContainsFunc(ex.Response.Headers, func(h predict.Header) bool {
			return strings.EqualFold(h.Name, "Content-Length")
		})
	})
}

// without counts examples that no call shows.
func (o *provedOperation) without(why result.CallReason, other text.Untrusted, examples int) {
	for i := range o.shown.NotCalled {
		if n := &o.shown.NotCalled[i]; n.Reason == why && n.Other == other {
			n.Examples += examples
			return
		}
	}
	o.shown.NotCalled = append(o.shown.NotCalled, result.NotCalled{Reason: why, Other: other, Examples: examples})
}

// callAll sends all calls. The error is what broke in this program.
func (p *proof) callAll(ctx context.Context) error {
	var calls errgroup.Group
	calls.SetLimit(max(1, p.Parallelism))
	for _, o := range p.ops {
		for i := range o.calls {
			calls.Go(crash.Caught(func() error {
				p.reconciliation.slots <- struct{}{} // not those of imports, of which there may be only one
				defer func() { <-p.reconciliation.slots }()
				if ctx.Err() == nil {
					o.took(i, p.call(ctx, &o.calls[i].Call))
				}
				return nil
			}))
		}
	}
	return calls.Wait() // no call returns another error
}

// told is what is told of it, as many operations as there is room for, the worst
// first.
func (p *proof) told() *result.Mocks {
	told := &result.Mocks{Operations: []result.MockedOperation{}}
	all := make([]*result.MockedOperation, len(p.ops))
	for i, o := range p.ops {
		all[i] = &o.shown
		told.Calls += o.shown.Calls
		switch o.shown.Outcome {
		case result.MockProved:
			told.Proved++
		case result.MockSpoilt:
			told.Spoilt++
		case result.MockOtherwise:
			told.Otherwise++
		case result.MockNotCalled:
			told.NotCalled++
		}
		for _, n := range o.shown.NotCalled {
			told.ExamplesNotCalled += n.Examples
		}
	}
	slices.SortStableFunc(all, result.WorseMock)
	for i, o := range all {
		const itself, ofReason, ofDifference = 250, 60, 60 // bytes
		size := itself + len(o.Name) + len(o.Failure)
		if o.Call != nil {
			size += len(o.Call.Path)
		}
		for _, name := range o.AnsweredBy {
			size += len(name)
		}
		for _, n := range o.NotCalled {
			size += ofReason + len(n.Other)
		}
		for _, d := range o.Differences {
			size += ofDifference + len(d.Header) + len(d.Want) + len(d.Got)
		}
		if p.most -= size; p.most < 0 {
			told.MoreOperations = len(all) - i
			break
		}
		told.Operations = append(told.Operations, *o)
	}
	return told
}

// whole is the service with the contents of its examples: what is kept of a
// prediction has only their digests. Where a person set a dispatcher, that one
// counts. The error says why it could not be told again.
func (v *verification) whole(ctx context.Context) (*predict.Service, error) {
	s := v.service
	whole := s.Before.Served
	if s.AcceptsEdits {
		whole = s.Edited
	}
	return compose(ctx, s, whole, nil)
}

// mockTime is how long one mock may take: it answers from memory.
const mockTime = 10 * time.Second

// How many bytes an answer may have beyond what was saved: enough to say in how many
// they differ, and, where the server renders it, for what that adds.
const (
	moreThanSaved = 64 << 10
	mostRendered  = 1 << 20
)

// What is told of an answer.
const (
	mostAlike   = 5   // names of examples that say the same
	mostAspects = 5   // differences
	mostValue   = 200 // characters of a value
)

// answered is what came of one call.
type answered struct {
	outcome     result.MockOutcome
	by          []text.Untrusted
	flaw        result.MockFlaw
	differences []result.AnswerDifference
	failure     text.Untrusted
}

// took notes what came of a call.
func (o *provedOperation) took(i int, a answered) {
	o.guard.Lock()
	defer o.guard.Unlock()
	call := &o.calls[i]
	if a.outcome == result.MockNotCalled {
		o.without(result.CallHeader, "", call.ours)
		return
	}
	s := &o.shown
	if s.Calls++; a.outcome == result.MockOtherwise {
		s.Wrong++
	}
	one := result.MockedOperation{Outcome: a.outcome}
	first := s.Call == nil || result.WorseMock(&one, &result.MockedOperation{Outcome: s.Outcome}) < 0
	if !first && (a.outcome != s.Outcome || i > o.at) { // the first of the worst, however they come in
		return
	}
	o.at = i
	s.Outcome, s.AnsweredBy, s.Candidates, s.Flaw, s.Differences, s.Failure =
		a.outcome, a.by, len(call.Examples), a.flaw, a.differences, a.failure
	s.Call = shownCall(&call.Call)
}

// call sends one call and judges what comes back.
func (v *verification) call(ctx context.Context, call *mock.Call) answered {
	headers := http.Header{"Accept-Encoding": {"identity"}}
	for _, h := range call.Request.Headers {
		for _, value := range h.Values {
			headers.Add(h.Name, value)
		}
	}
	within, cancel := context.WithTimeoutCause(ctx, mockTime, fmt.Errorf("no answer within %s", mockTime))
	defer cancel()
	got, err := v.session.Mocks.Call(transport.WithBodyLimit(within, int64(most(call))), call.Request.Method, call.Below, call.Path(),
		headers, call.Request.Body)
	switch {
	case errors.Is(err, microcks.ErrWithheld):
		return answered{outcome: result.MockNotCalled}
	case err != nil:
		for _, c := range call.Answer.Candidates {
			if c.Kind == mock.Spoilt && !c.Flaw.Refused() { // which a client may not read
				return answered{outcome: result.MockSpoilt, flaw: result.MockFlaw(c.Flaw), by: []text.Untrusted{listed(c.Example.Name)}}
			}
		}
		return answered{outcome: result.MockOtherwise, failure: text.HideCredentials(listed(err.Error()))}
	}
	came := mock.Response{Status: got.Status, Header: got.Header, Body: got.Body}
	one, differences := call.Answer.Judge(came)
	a := answered{outcome: result.MockProved}
	switch {
	case len(differences) > 0:
		a.outcome = result.MockOtherwise
		for _, d := range differences[:min(mostAspects, len(differences))] {
			a.differences = append(a.differences, result.AnswerDifference{
				Aspect: result.AnswerAspect(d.Aspect), Header: listed(d.Header), Want: shownValue(d.Want), Got: shownValue(d.Got),
			})
		}
		return a
	case one.Kind != mock.Saved:
		a.outcome, a.flaw = result.MockSpoilt, result.MockFlaw(one.Flaw)
	}
	for _, c := range call.Answer.Fitting(came) {
		if c.Example != nil && len(a.by) < mostAlike {
			a.by = append(a.by, listed(c.Example.Name))
		}
	}
	return a
}

func shownValue(s string) text.Untrusted {
	return text.HideCredentials(text.Cut(text.Line(text.Untrusted(s)), mostValue))
}

// most is how many bytes are read of the answer to a call.
func most(call *mock.Call) int {
	n := 0
	for _, c := range call.Answer.Candidates {
		n = max(n, len(c.Body.String()))
		if c.Body.Any || c.Body.Kind != mock.Literal {
			n = max(n, mostRendered)
		}
	}
	return n + moreThanSaved
}

// someMocks names the first operations whose mocks answer otherwise, and in what.
func someMocks(m *result.Mocks) string {
	var texts []string
	for _, o := range m.Operations {
		if o.Outcome != result.MockOtherwise {
			break
		}
		texts = append(texts, string(o.Name)+": "+o.Otherwise())
	}
	return text.Few(texts, "; ", 5)
}
