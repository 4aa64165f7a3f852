package postman

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Kind is why the Postman API did not serve what it was asked for.
type Kind string

// Kinds.
const (
	KindUnauthorized   Kind = "unauthorized"    // no key, or one that is wrong, revoked or expired
	KindForbidden      Kind = "forbidden"       // the key's user may not
	KindNotFound       Kind = "not-found"       // or hidden from the key's user
	KindRateLimited    Kind = "rate-limited"    // too many calls in a minute
	KindQuotaExhausted Kind = "quota-exhausted" // too many calls in the month
	KindServer         Kind = "server"          // Postman has a problem
	KindGatewayHTML    Kind = "gateway-html"    // something on the way answered, or Postman's own gateway
	KindMalformedID    Kind = "malformed-id"    // the uid is not one
	KindUnexpected     Kind = "unexpected"
)

// limitExhausted is Postman's name for a month's quota used up.
const limitExhausted = "serviceLimitExhausted"

// APIError is an answer of the Postman API, or of something in its place, that
// is not what was asked for.
type APIError struct {
	Status  int
	Kind    Kind
	Name    string // Postman's name for the error; "" when it gave none
	Message string // Postman's words, cleaned and cut at 200 runes; may be ""
	UID     string // of the collection that was asked for; "" where it was something else
	Quota   Quota
	of      subject
	host    string
	byLink  bool           // asked with the access key of one collection's link
	what    text.Untrusted // the answer is, where it is none of the Postman API

	answerer transport.Answerer
}

// Ends reports whether the answer is about the key and not about the collection. An
// access key is one collection's.
func (e *APIError) Ends() bool {
	return !e.byLink && (e.Kind == KindUnauthorized || e.Kind == KindQuotaExhausted)
}

// Gone reports whether Postman itself says, with 404 and by its own name for that, that
// there is no such collection, or none that the key's user can see.
func (e *APIError) Gone() bool { return e.Status == http.StatusNotFound && e.Name == notThere }

// notThere is Postman's name for a collection that it does not have.
const notThere = "instanceNotFoundError"

// Headline is what the answer means for a run.
func (e *APIError) Headline() string {
	switch {
	case e.byLink:
		return ""
	case e.Kind == KindUnauthorized:
		return "Postman refuses the API key"
	case e.Kind == KindQuotaExhausted:
		return "Postman allows no more API calls this month"
	}
	return ""
}

func (e *APIError) Error() string {
	var b strings.Builder
	if e.Ends() { // the same for every collection
		fmt.Fprintf(&b, "fetching from Postman: %s answered %d", e.host, e.Status)
	} else {
		fmt.Fprintf(&b, "%s: %s answered %d", e.of.doing, e.host, e.Status)
	}
	if status := http.StatusText(e.Status); status != "" {
		fmt.Fprintf(&b, " %s", status)
	}
	switch {
	case e.Kind == KindGatewayHTML:
		switch {
		case e.answerer.Page:
			fmt.Fprintf(&b, "%s, which is not from the Postman API", e.answerer)
		case e.what != "":
			fmt.Fprintf(&b, " with what is not from the Postman API%s: it is %s", e.answerer, e.what)
		default:
			fmt.Fprintf(&b, " with something that is not from the Postman API%s", e.answerer)
		}
	case e.what != "":
		fmt.Fprintf(&b, ", but no %s: it is %s", e.of.kind, e.what)
	case e.Message != "":
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Name != "" && e.Name != e.Message {
		fmt.Fprintf(&b, " (%s)", e.Name)
	}
	return b.String()
}

// Hint is the next step for whoever runs this.
func (e *APIError) Hint() string {
	if e.byLink && (e.Kind == KindUnauthorized || e.Kind == KindForbidden || e.Kind == KindNotFound) {
		return "in Postman choose Share > Via API, generate a new key, and save the whole link as a secret: an access key ends when" +
			" it is revoked, or was not used for 60 days"
	}
	switch e.Kind {
	case KindUnauthorized:
		return "check the secret behind `postman-api-key`: the key may be missing in this workflow, revoked, expired," +
			" or of the other region (`postman-api-url`)"
	case KindForbidden:
		if e.of.kind == aWorkspace {
			return "add the user of the key to the workspace, or use the key of a user who is in it"
		}
		return "have the collection shared with the user of the key, or use the key of a user who can open it"
	case KindNotFound:
		if e.of.kind == aWorkspace {
			return "compare the id with the one in the workspace's details in Postman, and check that the user of the key is in the workspace:" +
				" Postman answers the same for one it hides"
		}
		return "compare the uid with the link of Share > Via API, and check that the user of the key can open the collection:" +
			" Postman answers the same for one it hides"
	case KindRateLimited:
		return "run again in a minute: Postman allows each user 300 calls a minute, and what else has a key of the same user takes some of them"
	case KindQuotaExhausted:
		return fmt.Sprintf("ask the Postman team's administrator for more calls, or wait for the next month;"+
			" each active importer in Microcks costs %d to %d calls a day", PollsPerDay, PollsPerDayWithoutETag)
	case KindServer:
		if e.Status == http.StatusGatewayTimeout {
			return "run again; if it stays so, split the collection: Postman needs too long for a very large one"
		}
		return "run again in a few minutes; https://status.postman.com tells whether Postman has a problem"
	case KindGatewayHTML:
		if e.Status >= 500 {
			return "run again in a few minutes; if it stays so, look for a proxy or gateway between this runner and " + e.host
		}
		return "let this runner through to " + e.host + ": a proxy, firewall or sign-in page answered in its place"
	case KindMalformedID:
		if e.of.kind == aWorkspace {
			return "copy the id from the workspace's details in Postman"
		}
		return "take the uid from the link of Share > Via API, such as " + exampleUID
	}
	return "check `postman-api-url`, then run again"
}

// Anchor is the place in docs/troubleshooting.md.
func (e *APIError) Anchor() string {
	switch e.Kind {
	case KindUnauthorized:
		return "postman-401"
	case KindForbidden:
		if e.of.kind == aWorkspace {
			return "workspace-unseen"
		}
		return "postman-403"
	case KindNotFound:
		if e.of.kind == aWorkspace {
			return "workspace-unseen"
		}
		return "postman-404"
	case KindRateLimited:
		return "postman-429"
	case KindQuotaExhausted:
		return "postman-quota"
	case KindServer:
		return "postman-5xx"
	case KindGatewayHTML:
		return "postman-html"
	case KindMalformedID:
		if e.of.kind == aWorkspace {
			return "workspace-reference"
		}
		return "postman-uid"
	}
	return "postman-unexpected"
}

// ExitCode is 13 for a collection not found, 2 for text that is not a uid,
// 11 when the answer was not Postman's, else 12: API error.
func (e *APIError) ExitCode() int {
	switch e.Kind {
	case KindNotFound:
		return 13
	case KindMalformedID:
		return 2
	case KindGatewayHTML:
		return 11
	}
	return 12
}

// newAPIError judges an answer that is not what was asked for.
func newAPIError(of subject, host string, resp *http.Response, body []byte) *APIError {
	f := parseFailure(resp.StatusCode, body)
	e := &APIError{
		Status: resp.StatusCode, Name: quotable(f.name), Message: quotable(f.message),
		of: of, Quota: quotaOf(resp.Header), host: quotable(host), answerer: transport.AnswererOf(resp, body),
	}
	page := !looksLikeJSON(body) && (len(body) > 0 || resp.StatusCode == http.StatusOK)
	if e.Kind = kindOf(resp.StatusCode, f, page, e.Quota); page || resp.StatusCode == http.StatusOK {
		k, _ := foreign.Of(body)
		e.what = k.What
	}
	return e
}

// kindOf judges status and body. The API's description and its servers do not
// agree on the statuses, so the name decides where there is one.
func kindOf(status int, f failure, page bool, q Quota) Kind {
	switch {
	case page:
		return KindGatewayHTML
	case f.name == limitExhausted, status == http.StatusTooManyRequests && q.Known && q.MonthRemaining == 0:
		return KindQuotaExhausted
	case status == http.StatusTooManyRequests:
		return KindRateLimited
	case status == http.StatusUnauthorized:
		return KindUnauthorized
	case status == http.StatusForbidden:
		return KindForbidden
	case status == http.StatusNotFound, f.name == notThere, f.name == "workspaceNotFoundError":
		return KindNotFound
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		// A GET of one collection can have nothing wrong but its id.
		if notFoundWords.MatchString(f.message) {
			return KindNotFound
		}
		return KindMalformedID
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return KindServer
	}
	return KindUnexpected
}

// notFoundWords are Postman's for a collection that it does not have. They count
// for a 400 alone: the published description of the API has that status for
// "Collection Not Found" and gives the error no name.
var notFoundWords = regexp.MustCompile(`(?i)not found|could not find`)

// failure is what an error's body says. Texts are as the server sent them.
type failure struct{ name, message string }

// parseFailure reads the two families of errors that the API has,
//
//	{"error":{"name":…,"message":…}}, also {"error":"name","message":…}
//	{"type":…,"title":…,"detail":…,"status":…} (RFC 7807)
//
// and returns nothing for a body of another form. A title that only repeats the
// status is left out.
func parseFailure(status int, body []byte) failure {
	var problem struct {
		Error   json.RawMessage `json:"error"`
		Message looseString     `json:"message"`
		Type    looseString     `json:"type"`
		Title   looseString     `json:"title"`
		Detail  looseString     `json:"detail"`
	}
	if json.Unmarshal(body, &problem) != nil {
		return failure{}
	}
	var named struct {
		Name    looseString `json:"name"`
		Message looseString `json:"message"`
	}
	var name looseString
	switch {
	case json.Unmarshal(problem.Error, &named) == nil && named.Name+named.Message != "":
		return failure{name: string(named.Name), message: string(named.Message)}
	case json.Unmarshal(problem.Error, &name) == nil && name != "":
		return failure{name: string(name), message: string(problem.Message)}
	}
	f := failure{message: string(problem.Title)}
	detail := string(problem.Detail)
	if detail != "" && f.message == http.StatusText(status) {
		f.message = "" // which whoever shows the status says
	}
	if detail != "" && detail != f.message {
		if f.message != "" {
			f.message += ": "
		}
		f.message += detail
	}
	if problem.Type != "" && problem.Type != "about:blank" {
		f.name = path.Base(string(problem.Type)) // a URL that ends in the name, or the name
	}
	if f.message == "" {
		f.message = string(problem.Message)
	}
	return f
}

// looseString is a JSON string; anything else reads as "", so that one odd member does
// not hide the others.
type looseString string

func (t *looseString) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = looseString(s)
	}
	return nil
}

// unreachedError is the Postman API at base not reached, which is the same for every
// collection, workspace and so on: the text names none.
type unreachedError struct {
	base  string
	list  string // "collections"
	cause *transport.Error
}

func (e *unreachedError) Error() string {
	same := *e.cause
	same.URL = e.base + "/" + e.list + "/…"
	return "fetching from Postman: " + same.Error()
}

func (e *unreachedError) Unwrap() error { return e.cause }

// Headline is what that means for a run.
func (e *unreachedError) Headline() string { return "Postman cannot be reached" }
