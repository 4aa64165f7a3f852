package microcks

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"postman-microcks-importer/internal/text"
)

// APIError is an answer of the server with a status other than 2xx.
type APIError struct {
	Doing   string // "creating importer …"
	Status  int
	Message string // the server's own, one line without credentials; often empty
	HTML    bool   // the body is a page, so a gateway or proxy answered

	signedIn bool // an access token went out with the request
}

func (e *APIError) Error() string {
	answered := fmt.Sprintf("%s: Microcks answered %d %s", e.Doing, e.Status, http.StatusText(e.Status))
	if e.Message == "" {
		return answered
	}
	return answered + ": " + e.Message
}

// Hint says what to do next.
func (e *APIError) Hint() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		if !e.signedIn {
			return "Microcks itself wants no access token for this request: a gateway before it, or another server, answered," +
				" so give `microcks-url` as the address at which Microcks answers this runner without a sign-in of its own"
		}
		return "Microcks did not accept the access token: check that `keycloak-url` and the realm are the ones this Microcks trusts," +
			" and that `microcks-url` is the right server"
	case e.Status == http.StatusForbidden:
		return "the Keycloak client lacks a role of microcks-app: importers need `manager` (or `admin`), secrets need `admin`," +
			" reading services needs `user`; add it in Keycloak under Clients > your client > Service account roles"
	case e.Gateway():
		return "Microcks or a gateway before it is down or overloaded: try again, or raise the gateway's time-out"
	case e.HTML:
		return "a gateway or proxy answered instead of Microcks: check that `microcks-url` is the address of Microcks itself," +
			" as opened in a browser, without `/api`"
	case e.Status == http.StatusNotFound:
		return "check that `microcks-url` is the address of Microcks as opened in a browser, without `/api`"
	case e.Status >= 500:
		return "the reason stands in Microcks' own log only; look there for the time of this run"
	default:
		return "see Microcks' own log for the time of this run"
	}
}

// Anchor of docs/troubleshooting.md.
func (e *APIError) Anchor() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "microcks-401"
	case e.Status == http.StatusForbidden:
		return "microcks-403"
	case e.Gateway():
		return "microcks-gateway"
	case e.HTML:
		return "microcks-not-json"
	case e.Status == http.StatusNotFound:
		return "microcks-404"
	default:
		return "microcks-500"
	}
}

// ExitCode is 13 for something not found, else 12.
func (e *APIError) ExitCode() int {
	if e.Status == http.StatusNotFound {
		return 13
	}
	return 12
}

// Gateway reports whether something before Microcks gave up, so that the request
// may have been carried out all the same.
func (e *APIError) Gateway() bool {
	return e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable || e.Status == http.StatusGatewayTimeout
}

// BrokenAnswerError is an answer that could not be read to its end or is not
// the JSON it should be.
type BrokenAnswerError struct {
	Doing  string
	Status int
	HTML   bool
	What   text.Untrusted // the answer is, where it came whole
	Err    error
}

func (e *BrokenAnswerError) Error() string {
	if e.What != "" {
		return fmt.Sprintf("%s: the answer %d is not what Microcks answers: it is %s", e.Doing, e.Status, e.What)
	}
	return fmt.Sprintf("%s: reading the answer %d: %v", e.Doing, e.Status, e.Err)
}

func (e *BrokenAnswerError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *BrokenAnswerError) Hint() string {
	return "a gateway, proxy or login page may have answered instead of Microcks:" +
		" open `microcks-url` followed by /api/health from the machine of this run"
}

// Anchor of docs/troubleshooting.md.
func (e *BrokenAnswerError) Anchor() string { return "microcks-not-json" }

// ExitCode is 12.
func (e *BrokenAnswerError) ExitCode() int { return 12 }

// ListError is a list, or one answer, with more in it than is read.
type ListError struct {
	Doing        string
	Items, Bytes int // of all pages so far; 0 for one answer
}

func (e *ListError) Error() string {
	if e.Items == 0 {
		return fmt.Sprintf("%s: the answer holds more than %d values", e.Doing, mostValues)
	}
	return fmt.Sprintf("%s: the list goes on after %d entries and %d MiB, and no more than %d or %d MiB is read",
		e.Doing, e.Items, e.Bytes>>20, mostItems, mostBytes>>20)
}

// Hint says what to do next.
func (e *ListError) Hint() string {
	return "see in Microcks what there is so much of, and delete what nobody needs;" +
		" if it is not that much, something else answers at `microcks-url`"
}

// Anchor of docs/troubleshooting.md.
func (e *ListError) Anchor() string { return "microcks-list" }

// ExitCode is 12.
func (e *ListError) ExitCode() int { return 12 }

// neverSent is the error of a request of which nothing left this machine, since
// there was no connection or no time.
type neverSent struct{ error }

func (e *neverSent) Unwrap() error { return e.error }

// MayBeDone reports whether a write that gave err can have been carried out.
func MayBeDone(err error) bool {
	_, never := errors.AsType[*neverSent](err)
	return InDoubt(err) && !never
}

// InDoubt reports whether err leaves open what became of a write, since it is not
// Microcks that answered: the connection broke or never came about, or a gateway
// answered in its place. Read before the write is tried again.
func InDoubt(err error) bool {
	if api, ok := errors.AsType[*APIError](err); ok {
		return api.Gateway()
	}
	return err != nil
}

func newAPIError(doing string, res *http.Response, body []byte) error {
	e := &APIError{Doing: doing, Status: res.StatusCode, HTML: looksLikeHTML(body)}
	e.signedIn = res.Request != nil && res.Request.Header.Get("Authorization") != ""
	if e.HTML {
		return e
	}
	var answer struct {
		Message string `json:"message"`
		Error   string `json:"error"`
	}
	switch {
	case decode(body, &answer) != nil:
		e.Message = string(body)
	case answer.Message == "" && !strings.EqualFold(answer.Error, http.StatusText(res.StatusCode)):
		e.Message = answer.Error
	default:
		e.Message = answer.Message
	}
	e.Message = text.Excerpt(e.Message, 200)
	return e
}
