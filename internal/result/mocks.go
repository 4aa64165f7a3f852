package result

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Mocks is what came of calling the mocks of a service. Counted are the operations
// that have an example of this run's collections.
type Mocks struct {
	Calls      int               `json:"calls"` // distinct requests that were sent
	Operations []MockedOperation `json:"operations"`
	// MoreOperations are counted and not listed, the best of them.
	MoreOperations int `json:"moreOperations,omitempty"`
	// Of operations, by their outcome.
	Proved    int `json:"proved"`
	Otherwise int `json:"otherwise,omitempty"`
	Spoilt    int `json:"spoilt,omitempty"`
	NotCalled int `json:"notCalled,omitempty"`
	// ExamplesNotCalled are those that no call could show, also of operations of which
	// another example was called.
	ExamplesNotCalled int `json:"examplesNotCalled,omitempty"`
}

// Count of operations with an example.
func (m *Mocks) Count() int { return m.Proved + m.Otherwise + m.Spoilt + m.NotCalled }

// MockedOperation is what the mock of one operation answered.
type MockedOperation struct {
	Name    text.Untrusted `json:"name"`
	Outcome MockOutcome    `json:"outcome"`
	// Examples of this run's collections.
	Examples int `json:"examples"`
	Calls    int `json:"calls,omitempty"` // distinct requests that were sent
	Wrong    int `json:"wrong,omitempty"` // of them, those that were answered otherwise
	// Call is the first of those with the worst outcome, and what follows is about it.
	// Nil when none was sent.
	Call *Call `json:"call,omitempty"`
	// AnsweredBy names the example that answered; several that say the same cannot be
	// told apart.
	AnsweredBy []text.Untrusted `json:"answeredBy,omitempty"`
	// Candidates is how many examples can answer that call.
	Candidates int `json:"candidates,omitempty"`
	// Flaw says why the saved answer cannot be sent or read, of [MockSpoilt].
	Flaw        MockFlaw           `json:"flaw,omitempty"`
	Differences []AnswerDifference `json:"differences,omitempty"`
	// Failure is why there is no answer.
	Failure text.Untrusted `json:"failure,omitempty"`
	// NotCalled are the examples that no call could show.
	NotCalled []NotCalled `json:"notCalled,omitempty"`
}

// Otherwise says in what the answer differs from the saved one.
func (o *MockedOperation) Otherwise() string {
	if o.Failure != "" {
		return string(o.Failure)
	}
	texts := make([]string, len(o.Differences))
	for i, d := range o.Differences {
		texts[i] = d.Words()
	}
	return strings.Join(texts, ", ")
}

// MockOutcome of calling an operation's mock.
type MockOutcome string

// Outcomes, the worst first.
const (
	MockOtherwise MockOutcome = "otherwise"  // a call was answered as no candidate would be
	MockNotCalled MockOutcome = "not-called" // nothing was sent, so nothing is proved
	// MockSpoilt is a call that was answered as this Microcks answers an example that
	// it cannot send: not as it was saved.
	MockSpoilt MockOutcome = "spoilt"
	MockProved MockOutcome = "proved" // all calls were answered as saved
)

// WorseMock compares operations: negative when a should be seen before b.
func WorseMock(a, b *MockedOperation) int {
	order := []MockOutcome{MockOtherwise, MockNotCalled, MockSpoilt, MockProved}
	rank := func(o *MockedOperation) int {
		n := 2 * slices.Index(order, o.Outcome)
		if len(o.NotCalled) == 0 {
			n++
		}
		return n
	}
	return rank(a) - rank(b)
}

// MockFlaw keeps a saved answer from coming back.
type MockFlaw string

// Flaws. Of the first four Microcks answers 500.
const (
	FlawStatus     MockFlaw = "status"            // none that Microcks knows
	FlawMediaType  MockFlaw = "media-type"        // none that Microcks can send
	FlawValue      MockFlaw = "header-value"      // of a header, with a line break, or a length that is no number
	FlawNameless   MockFlaw = "empty-header-name" //
	FlawHeaderName MockFlaw = "header-name"       // with characters that clients do not read
	FlawEncoding   MockFlaw = "encoding"          // the body is said to be compressed, and is not
	FlawInterim    MockFlaw = "interim"           // 1xx, after which a client waits for the answer
	FlawLength     MockFlaw = "length"            // other than that of the body
)

// AnswerDifference is one between the answer that comes closest and what came back.
type AnswerDifference struct {
	Aspect AnswerAspect `json:"aspect"`
	// Header is its name, of [AnswerHeader].
	Header text.Untrusted `json:"header,omitempty"`
	// Want and Got are cut where they are long.
	Want text.Untrusted `json:"want"`
	Got  text.Untrusted `json:"got"`
}

// Words say the difference.
func (d AnswerDifference) Words() string {
	switch {
	case d.Aspect == AnswerStatus:
		return fmt.Sprintf("status %s instead of %s", d.Got, d.Want)
	case d.Aspect == AnswerBody:
		return "another body"
	case d.Got == "":
		return "no " + d.what()
	}
	return fmt.Sprintf("%s %q instead of %q", d.what(), d.Got, d.Want)
}

func (d AnswerDifference) what() string {
	if d.Aspect == AnswerHeader {
		return fmt.Sprintf("header %q", d.Header)
	}
	return "media type"
}

// AnswerAspect is one thing that is compared of an answer.
type AnswerAspect string

// Aspects of answers.
const (
	AnswerStatus    AnswerAspect = "status"
	AnswerMediaType AnswerAspect = "media-type"
	AnswerHeader    AnswerAspect = "header"
	AnswerBody      AnswerAspect = "body"
)

// NotCalled are examples of an operation that no call showed.
type NotCalled struct {
	Reason   CallReason `json:"reason"`
	Examples int        `json:"examples"`
	// Other is the operation that breaks or answers the call.
	Other text.Untrusted `json:"other,omitempty"`
}

// CallReason is why no call was sent.
type CallReason string

// Reasons.
const (
	CallNoAddress       CallReason = "no-address"       // the name or version of the service has characters that lead nowhere
	CallMethod          CallReason = "method"           // Microcks mocks no such method
	CallProxy           CallReason = "proxy"            // it would be forwarded to a real backend
	CallScript          CallReason = "script"           // it would run somebody's script
	CallHeader          CallReason = "header"           // it takes a header that may be a credential
	CallOtherDispatcher CallReason = "other-dispatcher" // the operation has a dispatcher that no collection makes
	CallNotKnown        CallReason = "not-known"        // what is stored, or what answers, is not known
	CallTooMany         CallReason = "too-many"         // examples or parameters
	CallTooLong         CallReason = "too-long"         // an address that servers do not take
	CallBroken          CallReason = "broken"           // Other's name is no valid pattern, and breaks the call
	CallShadowed        CallReason = "shadowed"         // Other answers the call
	CallUnreachable     CallReason = "unreachable"      // no path leads to the operation, or not with the example's values
	CallUnselected      CallReason = "unselected"       // no request selects the example
	CallUnanswered      CallReason = "unanswered"       // its status is 1xx: clients wait for the answer that follows
	CallDelayed         CallReason = "delayed"          // a query parameter would make Microcks wait
	CallLeadsOut        CallReason = "leads-out"        // the path would leave the mocks of the service
)
