package report

import (
	"testing"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// One row of the table says what a mock answered, by which example, and what nothing
// shows.
func TestMockAnswer(t *testing.T) {
	t.Parallel()
	not := []result.NotCalled{{Reason: result.CallShadowed, Examples: 2, Other: "GET /:a"}, {Reason: result.CallUnselected, Examples: 1}}
	for _, c := range []struct {
		o    result.MockedOperation
		want Markdown
	}{
		{result.MockedOperation{Outcome: result.MockProved, Calls: 1, Candidates: 1, AnsweredBy: []text.Untrusted{"*a*"}}, `✅ as saved: \*a\*`},
		{
			result.MockedOperation{Outcome: result.MockProved, Calls: 1, Candidates: 3, AnsweredBy: []text.Untrusted{"a", "b"}},
			"✅ as saved: a or b (one of 3 that can answer)",
		},
		{
			result.MockedOperation{Outcome: result.MockProved, Calls: 2, NotCalled: not[1:]},
			"✅ as saved, 2 calls<br>1 example not called: no request selects it",
		},
		{
			result.MockedOperation{Outcome: result.MockNotCalled, NotCalled: not},
			"➖ not called<br>2 examples not called: another operation answers: `GET /:a`<br>1 example not called: no request selects it",
		},
		{result.MockedOperation{Outcome: result.MockNotCalled, NotCalled: not[:1]}, "➖ not called: another operation answers: `GET /:a`"},
		{result.MockedOperation{Outcome: result.MockOtherwise, Calls: 1, Failure: "no answer"}, "❌ no answer"},
		{
			result.MockedOperation{Outcome: result.MockOtherwise, Calls: 3, Wrong: 2, Differences: []result.AnswerDifference{
				{Aspect: result.AnswerStatus, Want: "200", Got: "500"}, {Aspect: result.AnswerMediaType, Want: "a/b", Got: "a/c"},
				{Aspect: result.AnswerHeader, Header: "Link", Want: "x"}, {Aspect: result.AnswerBody, Want: "x", Got: "y"},
			}},
			`❌ status 500 instead of 200, media type "a/c" instead of "a/b", no header "Link", another body (2 of 3 calls)`,
		},
		{
			result.MockedOperation{
				Outcome: result.MockSpoilt, Calls: 1, Candidates: 1, Flaw: result.FlawStatus, AnsweredBy: []text.Untrusted{"a"},
			},
			"⚠️ not as saved: a, since Microcks knows no such status and answers 500",
		},
	} {
		if got := mockAnswer(&c.o); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// An address is copied in one piece, or not shown.
func TestAddress(t *testing.T) {
	t.Parallel()
	service := &result.Service{MockPath: "/rest/a/1", MockURL: "http://m/rest/a/1"}
	long := make([]byte, maxCode)
	for i := range long {
		long[i] = 'a'
	}
	for path, want := range map[text.Untrusted]Markdown{
		"/pets/1?a=b|c":            "`http://m/rest/a/1/pets/1?a=b|c`",
		"/@a":                      "`http://m/rest/a/1/%40a`",
		"/" + text.Untrusted(long): "too long: see the output `result`",
	} {
		if got := address(service, &result.Call{Path: path}); got != want {
			t.Errorf("%.50s: %s", path, got)
		}
	}
	if got := address(service, nil); got != "–" {
		t.Error(got)
	}
}

// Every reason and flaw is put into words.
func TestMockWords(t *testing.T) {
	t.Parallel()
	if len(callReasons) != 16 || len(flaws) != 8 {
		t.Errorf("%d reasons and %d flaws have words", len(callReasons), len(flaws))
	}
}
