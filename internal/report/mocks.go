package report

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// verified is the proof in one line.
func verified(v *result.Verification) string {
	m := v.Mocks
	if m == nil {
		return fmt.Sprintf("Verified: Microcks lists %s, as predicted", text.Plural(v.Examples, "example"))
	}
	t := fmt.Sprintf("Verified by %s: the mocks of %d of %s answered as saved", text.Plural(m.Calls, "call"), m.Proved,
		text.Plural(m.Count(), "operation"))
	for _, c := range []struct {
		n    int
		what string
	}{{m.Otherwise, "answered otherwise"}, {m.Spoilt, "cannot be answered as saved"}, {m.NotCalled, "not called"}} {
		if c.n > 0 {
			t += fmt.Sprintf("; %d %s", c.n, c.what)
		}
	}
	if m.ExamplesNotCalled > 0 {
		t += "; no call shows " + text.Plural(m.ExamplesNotCalled, "example")
	}
	return t
}

// mocks lists what the mocks of a service answered, the worst first, each with the
// address to call.
func (s *jobSummary) mocks(service *result.Service, m *result.Mocks) {
	rows := make([][]Markdown, len(m.Operations))
	for i := range m.Operations {
		o := &m.Operations[i]
		rows[i] = []Markdown{shortCode(o.Name, 120), mockAnswer(o), Markdown(fmt.Sprint(o.Examples)), address(service, o.Call)}
	}
	s.budgeted([]column{{title: "Operation"}, {title: "Mock"}, {title: "Examples", right: true}, {title: "Address"}}, rows)
	if m.MoreOperations > 0 {
		s.paragraph(Markdown(fmt.Sprintf("… and %s more, which are listed nowhere.", text.Plural(m.MoreOperations, "operation"))))
	}
}

// mockAnswer says what an operation's mock answered, and which examples nothing shows.
func mockAnswer(o *result.MockedOperation) Markdown {
	var t Markdown
	switch o.Outcome {
	case result.MockOtherwise:
		t = "❌ " + short(o.Otherwise(), 400)
		if o.Calls > 1 {
			t += Markdown(fmt.Sprintf(" (%d of %d calls)", o.Wrong, o.Calls))
		}
	case result.MockSpoilt:
		t = "⚠️ not as saved" + answeredBy(o) + ", since " + inline(flaws[o.Flaw])
	case result.MockProved:
		t = "✅ as saved"
		if o.Calls > 1 {
			t += Markdown(fmt.Sprintf(", %d calls", o.Calls))
		} else {
			t += answeredBy(o)
		}
	case result.MockNotCalled:
		t = "➖ not called"
		if len(o.NotCalled) == 1 {
			return t + ": " + notCalled(o.NotCalled[0])
		}
	}
	for _, n := range o.NotCalled {
		t += Markdown(fmt.Sprintf("<br>%s not called: ", text.Plural(n.Examples, "example"))) + notCalled(n)
	}
	return t
}

// answeredBy names the example that answered, and how many could have.
func answeredBy(o *result.MockedOperation) Markdown {
	names := make([]Markdown, len(o.AnsweredBy))
	for i, name := range o.AnsweredBy {
		names[i] = short(name, 80)
	}
	t := join(" or ", names...)
	if t == "" {
		return ""
	}
	if o.Candidates > 1 {
		t += Markdown(fmt.Sprintf(" (one of %d that can answer)", o.Candidates))
	}
	return ": " + t
}

func notCalled(n result.NotCalled) Markdown {
	t := inline(callReasons[n.Reason])
	if n.Other != "" {
		t += ": " + shortCode(n.Other, 120)
	}
	return t
}

// address to call, in one piece that can be copied. One that would be cut is none.
func address(service *result.Service, c *result.Call) Markdown {
	if c == nil {
		return "–"
	}
	whole := strings.ReplaceAll(string(mockBase(service)+c.Path), "@", "%40")
	if len(whole) > maxCode {
		return "too long: see the output " + code("result")
	}
	return code(whole)
}
