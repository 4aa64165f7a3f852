package reconcile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// scripted mocks answer by path.
type scripted map[string]func(method string) (microcks.MockAnswer, error)

func (s scripted) Call(_ context.Context, method, below, path string, _ http.Header, _ *string) (microcks.MockAnswer, error) {
	return s[strings.TrimPrefix(path, below)](method)
}

func says(status int, header, body string) func(string) (microcks.MockAnswer, error) {
	name, value, _ := strings.Cut(header, ": ")
	return func(string) (microcks.MockAnswer, error) {
		return microcks.MockAnswer{
			Status: status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}, name: {value}}, Body: []byte(body),
		}, nil
	}
}

func fails(err error) func(string) (microcks.MockAnswer, error) {
	return func(string) (microcks.MockAnswer, error) { return microcks.MockAnswer{}, err }
}

const ours = "collection"

// proofOf is the proof for operations, with the artifact of each example.
func proofOf(t *testing.T, mocks Mocks, operations ...predict.Operation) *proof {
	t.Helper()
	a := &plan.Artifact{}
	a.From = ours
	v := &verification{
		carrier: &carrier{reconciliation: &reconciliation{
			Settings: Settings{Parallelism: 2}, session: &Session{Mocks: mocks}, slots: make(chan struct{}, 2),
		}},
		service: &plan.Service{Artifacts: []*plan.Artifact{a}},
	}
	service := &predict.Service{Name: "Pets", Version: "1", Operations: operations}
	p := &proof{verification: v, answers: mock.Of(service, mock.Options{}), most: 100_000}
	for i := range operations {
		p.add(&operations[i])
	}
	return p
}

func operation(path, dispatcher string, examples ...predict.Example) predict.Operation {
	return predict.Operation{
		Name: "GET " + path, Method: "GET", ResourcePaths: []string{path}, Dispatcher: dispatcher, DispatcherRules: new("q"), Examples: examples,
	}
}

func example(name, status, body string) predict.Example {
	return predict.Example{Name: name, SourceArtifact: ours, Response: predict.Response{
		Status: status, MediaType: "application/json", Content: &body, Headers: []predict.Header{{Name: "X-A", Values: []string{"1"}}},
	}}
}

func of(artifact string, e predict.Example) predict.Example {
	e.SourceArtifact = artifact
	return e
}

func asked(q string, e predict.Example) predict.Example {
	e.DispatchCriteria = new("?q=" + q)
	e.Request.Parameters = []predict.Parameter{{Name: "q", Value: q}}
	return e
}

func TestProofOfMocks(t *testing.T) {
	t.Parallel()
	withLength := of("another", example("long", "200", "{}"))
	withLength.Digested = true
	withLength.Response.Headers = []predict.Header{{Name: "content-length", Values: []string{"7"}}}
	mocks := scripted{
		"/same":     says(200, "X-A: 1", `{"b":1, "a":2}`),
		"/several":  says(404, "X-A: 1", "no"),
		"/status":   says(500, "", "{}"),
		"/header":   says(200, "X-A: 2", "{}"),
		"/body":     says(200, "X-A: 1", "[]"),
		"/silent":   fails(errors.New("connection reset; Bearer abcdefghijklmnopqrstuvwxyz0123456789")),
		"/spoilt":   says(500, "", "oops"),
		"/packed":   fails(errors.New("malformed")),
		"/withheld": fails(fmt.Errorf("calling: %w", microcks.ErrWithheld)),
		"/q?q=1":    says(200, "X-A: 1", "{}"),
		"/q?q=2":    says(201, "X-A: 1", "{}"),
		"/q?q=3":    says(202, "X-A: 1", "{}"),
		"/beside":   says(200, "X-A: 1", "other"),
	}
	packed := example("packed", "200", "{}")
	packed.Response.Headers = []predict.Header{{Name: "a b", Values: []string{"1"}}}
	p := proofOf(t, mocks,
		operation("/same", "", example("a", "200", `{"a":2,"b":1}`)),
		operation("/several", "", example("a", "200", "{}"), example("b", "404", "no"), example("c", "404", "no")),
		operation("/none", ""),
		operation("/others", "", of("another", example("a", "200", "{}"))),
		operation("/proxied", "PROXY", example("a", "200", "{}"), example("b", "200", "{}")),
		operation("/status", "", example("a", "200", "{}")),
		operation("/header", "", example("a", "200", "{}")),
		operation("/body", "", example("a", "200", "{}")),
		operation("/silent", "", example("a", "200", "{}")),
		operation("/spoilt", "", example("a", "499", "{}")),
		operation("/packed", "", packed),
		operation("/withheld", "", example("a", "200", "{}")),
		operation("/q", predict.URIParams, asked("1", example("a", "200", "{}")), asked("2", example("b", "200", "{}")),
			asked("3", example("c", "200", "{}")), example("d", "200", "{}")),
		operation("/beside", "", example("a", "200", "{}"), of("another", example("b", "200", "other"))),
		operation("/length", "", example("a", "200", "{}"), withLength),
	)
	if err := p.callAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	told := p.told()
	for _, o := range told.Operations {
		line := fmt.Sprintf("%s %s: %d/%d of %d", o.Name, o.Outcome, o.Wrong, o.Calls, o.Examples)
		if o.Call != nil {
			line += fmt.Sprintf(" %s by %s of %d", o.Call.Path, o.AnsweredBy, o.Candidates)
		}
		line += string(" " + o.Failure + text.Untrusted(o.Flaw))
		for _, d := range o.Differences {
			line += " " + d.Words()
		}
		for _, n := range o.NotCalled {
			line += fmt.Sprintf(" %s %d", n.Reason, n.Examples)
		}
		got = append(got, strings.TrimRight(line, " "))
	}
	want := []string{
		`GET /q otherwise: 2/3 of 4 /q?q=2 by [] of 1  status 201 instead of 200 unselected 1`,
		`GET /status otherwise: 1/1 of 1 /status by [] of 1  status 500 instead of 200 no header "X-A"`,
		`GET /header otherwise: 1/1 of 1 /header by [] of 1  header "X-A" "2" instead of "1"`,
		`GET /body otherwise: 1/1 of 1 /body by [] of 1  another body`,
		`GET /silent otherwise: 1/1 of 1 /silent by [] of 1 connection reset; Bearer …`,
		`GET /proxied not-called: 0/0 of 2  proxy 2`,
		`GET /withheld not-called: 0/0 of 1  header 1`,
		`GET /length not-called: 0/0 of 1  not-known 1`,
		`GET /spoilt spoilt: 0/1 of 1 /spoilt by [a] of 1 status`,
		`GET /packed spoilt: 0/1 of 1 /packed by [packed] of 1 header-name`,
		`GET /same proved: 0/1 of 1 /same by [a] of 1`,
		`GET /several proved: 0/1 of 3 /several by [b c] of 3`,
		`GET /beside proved: 0/1 of 1 /beside by [b] of 2`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	told.Operations = nil
	if d := cmp.Diff(&result.Mocks{Calls: 12, Proved: 3, Otherwise: 5, Spoilt: 2, NotCalled: 3, ExamplesNotCalled: 5}, told); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
}

// However many operations there are, what is told of them has a bound, and the worst
// come first.
func TestProofHasABound(t *testing.T) {
	t.Parallel()
	mocks, operations := scripted{}, make([]predict.Operation, 500)
	for i := range operations {
		path := fmt.Sprintf("/%d", i)
		mocks[path], operations[i] = says(200, "X-A: 1", "{}"), operation(path, "", example(strings.Repeat("n", 1000), "200", "{}"))
	}
	mocks["/499"] = says(500, "X-A: 1", "{}")
	p := proofOf(t, mocks, operations...)
	if err := p.callAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	told := p.told()
	if n := len(told.Operations); n < 100 || n > 200 || n+told.MoreOperations != 500 || told.Proved != 499 {
		t.Errorf("%d and %d more operations, %d proved", n, told.MoreOperations, told.Proved)
	}
	if first := told.Operations[0]; first.Name != "GET /499" || first.Outcome != result.MockOtherwise {
		t.Errorf("the first is %s", first.Name)
	}
}

// Nothing is said of what a run that ends did not call.
func TestProofOfARunThatEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := proofOf(t, scripted{}, operation("/a", "", example("a", "200", "{}")))
	if err := p.callAll(ctx); err != nil || p.told().Calls != 0 {
		t.Errorf("%v: %+v", err, p.told())
	}
}

// A reason that mocks have is one that results tell, by the same word.
func TestReasonsAreTold(t *testing.T) {
	t.Parallel()
	told := []result.CallReason{
		result.CallNoAddress, result.CallMethod, result.CallProxy, result.CallScript, result.CallHeader, result.CallOtherDispatcher,
		result.CallNotKnown, result.CallTooMany, result.CallTooLong, result.CallBroken, result.CallShadowed, result.CallUnreachable,
		result.CallUnselected, result.CallUnanswered, result.CallDelayed, result.CallLeadsOut,
	}
	for _, why := range mock.Reasons {
		if !slices.Contains(told, result.CallReason(why)) {
			t.Errorf("nothing tells %q", why)
		}
	}
	flaws := map[mock.Flaw]result.MockFlaw{
		mock.FlawStatus: result.FlawStatus, mock.FlawMediaType: result.FlawMediaType, mock.FlawValue: result.FlawValue,
		mock.FlawNameless: result.FlawNameless, mock.FlawName: result.FlawHeaderName, mock.FlawEncoding: result.FlawEncoding,
		mock.FlawInterim: result.FlawInterim, mock.FlawLength: result.FlawLength,
	}
	for flaw, want := range flaws {
		if result.MockFlaw(flaw) != want {
			t.Errorf("%q is told as %q", flaw, want)
		}
	}
	aspects := map[mock.Aspect]result.AnswerAspect{
		mock.InStatus: result.AnswerStatus, mock.InMediaType: result.AnswerMediaType, mock.InHeader: result.AnswerHeader,
		mock.InBody: result.AnswerBody,
	}
	for aspect, want := range aspects {
		if result.AnswerAspect(aspect) != want {
			t.Errorf("%q is told as %q", aspect, want)
		}
	}
}
