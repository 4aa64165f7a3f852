package reconcile

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// mocks calls the mock of every example of ours that can be addressed and
// compares what it answers with what was saved.
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
	var guard sync.Mutex
	var wrong []string
	proof := result.Verification{Scope: result.ScopeMocks}
	var calls errgroup.Group
	calls.SetLimit(max(1, v.Parallelism))
	for i := range service.Operations {
		op := &service.Operations[i]
		all := service.MockCalls(op)
		for k := range op.Examples {
			ex := &op.Examples[k]
			if !v.service.Imports(ex.SourceArtifact) {
				continue // another artifact's
			}
			proof.Examples++
			call, ok := all.To(ex)
			// What a client cannot read is a finding, and no failure.
			if !ok || ex.Unreadable() != nil {
				proof.Skipped++
				continue
			}
			calls.Go(crash.Caught(func() error {
				v.slots <- struct{}{}
				defer func() { <-v.slots }()
				problem := v.callMock(ctx, call, ex)
				guard.Lock()
				defer guard.Unlock()
				if problem == "" {
					proof.Answered++
				} else {
					wrong = append(wrong, fmt.Sprintf("example %q of %s: %s", ex.Name, op.Name, problem))
				}
				return nil
			}))
		}
	}
	if broken := calls.Wait(); broken != nil { // no call returns another error
		v.fail(broken)
		return
	}
	for _, it := range v.items {
		p := proof
		it.Verified = &p
	}
	said := fmt.Sprintf("%d of %d mocks answered as saved", proof.Answered, proof.Examples)
	if proof.Skipped > 0 {
		said += fmt.Sprintf(", %d cannot be called by a request of their own", proof.Skipped)
	}
	v.step("verify", v.items[0], began, said)
	if len(wrong) == 0 {
		return
	}
	v.fail(&result.Problem{
		Level: result.Error,
		Text:  text.Untrustedf("verifying: %s did not answer as saved: %s", text.Plural(len(wrong), "mock"), firstOf(wrong)),
		Hint: "call the mock by hand and compare; " +
			"an override of the operation in Microcks, or another artifact's examples, can answer in place of the saved one",
		Anchor: "verify-mocks", ExitCode: 1,
	})
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
	for _, a := range s.Live() {
		if err := budget.Take(ctx, memoryOfByte*v.carrier.items[a].Bytes); err != nil {
			return nil, err
		}
		target := predict.Target{Main: a.Importer.IsMain, URL: a.Importer.ImportedFrom, Existing: whole}
		p := a.Document().ImportWithin(budget.New(ctx), target)
		for _, unfit := range a.Unfit(p, nil) {
			return nil, unfit
		}
		whole = p.Service
	}
	return whole, nil
}

// firstOf names the first of many.
func firstOf(texts []string) string {
	slices.Sort(texts)
	return text.Few(texts, "; ", 5)
}

// mockTime is how long one mock may take: it answers from memory.
const mockTime = 10 * time.Second

// How many bytes an answer may have beyond what was saved: enough to say in how many
// they differ, and, where the server renders it, for what that adds.
const (
	moreThanSaved = 64 << 10
	mostRendered  = 1 << 20
)

// callMock says in what a mock's answer differs from the saved one; "" when in
// nothing.
func (v *verification) callMock(ctx context.Context, call predict.MockCall, ex *predict.Example) string {
	headers := make(http.Header)
	for _, h := range call.Headers {
		for _, value := range h.Values {
			headers.Add(h.Name, value)
		}
	}
	want, _, err := mime.ParseMediaType(ex.Response.MediaType)
	if err != nil {
		want = ""
	}
	if headers.Get("Accept") == "" && want != "" {
		headers.Set("Accept", want)
	}
	headers.Set("Accept-Encoding", "identity")
	ctx, cancel := context.WithTimeoutCause(ctx, mockTime, fmt.Errorf("no answer within %s", mockTime))
	defer cancel()
	most := len(value(ex.Response.Content)) + moreThanSaved
	if ex.Templated() {
		most += mostRendered
	}
	answer, err := v.session.Mocks.Call(transport.WithBodyLimit(ctx, int64(most)), call.Method, call.Below, call.Path, headers, call.Body)
	if err != nil {
		return err.Error()
	}
	if status := ex.MockStatus(); status != 0 && answer.Status != status {
		return fmt.Sprintf("status %d instead of %d", answer.Status, status)
	}
	bodyless := call.Method == http.MethodHead || answer.Status == http.StatusNoContent || answer.Status == http.StatusNotModified
	if bodyless {
		return ""
	}
	if got, _, err := mime.ParseMediaType(answer.ContentType); want != "" && (err != nil || got != want) {
		return fmt.Sprintf("media type %q instead of %q", answer.ContentType, want)
	}
	// The server evaluates what stands in double braces, so such a body is not
	// the saved one character by character.
	if !ex.Templated() && string(answer.Body) != value(ex.Response.Content) {
		return fmt.Sprintf("another body (%d bytes instead of %d)", len(answer.Body), len(value(ex.Response.Content)))
	}
	return ""
}
