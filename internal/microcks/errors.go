package microcks

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// APIError is an answer of the server with a status other than 2xx, or of what
// stands before it.
type APIError struct {
	Doing    string // "creating importer …"
	Status   int
	Message  string             // the server's own, one line without credentials; often empty
	Answerer transport.Answerer // who answered, where it was not Microcks

	method   string
	upload   bool   // of a collection
	open     bool   // the request needs no access token
	signedIn bool   // an access token went out with it
	basic    string // of a gateway that wants a name and a password: its realm, quoted
	lacks    bool   // a role: the server says so
}

func (e *APIError) Error() string {
	who := "Microcks"
	if e.foreign() {
		who = "something in front of Microcks"
	}
	answered := fmt.Sprintf("%s: %s answered %d %s%s", e.Doing, who, e.Status, http.StatusText(e.Status), e.Answerer)
	if e.basic != "" {
		answered += fmt.Sprintf(", asking for a name and password for %s", e.basic)
	}
	if e.Message == "" {
		return answered
	}
	return answered + ": " + e.Message
}

// foreign reports whether it was surely not Microcks that answered: it has no
// pages, no passwords, refuses nobody an open endpoint, and speaks JSON.
func (e *APIError) foreign() bool {
	switch e.Status {
	case http.StatusForbidden:
		return e.Answerer.Page || e.open
	case http.StatusUnauthorized:
		return e.Answerer.Page || e.basic != "" || e.open || !e.signedIn
	}
	return e.Answerer.Page
}

// Refused reports whether a gateway did not let the request in.
func (e *APIError) Refused() bool {
	return e.foreign() && (e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized)
}

// Hint says what to do next.
func (e *APIError) Hint() string {
	switch {
	case e.basic != "":
		return "a gateway in front of Microcks wants a sign-in of its own: give it in `microcks-headers` (Authorization: Basic …)," +
			" if the sign-in of Microcks is off; otherwise have the gateway let this runner through"
	case e.Status == http.StatusForbidden && !e.lacks:
		return e.refusedHint()
	case e.Status == http.StatusForbidden:
		return "the Keycloak client lacks a role of microcks-app: importers need `manager` (or `admin`), secrets need `admin`," +
			" reading services needs `user`; add it in Keycloak under Clients > your client > Service account roles"
	case e.Status == http.StatusUnauthorized && (e.open || !e.signedIn):
		return "Microcks itself wants no access token for this request: a gateway in front of it, or another server, answered;" +
			" give what the gateway wants in `microcks-headers`, or give `microcks-url` as the address at which Microcks" +
			" answers this runner without a sign-in of its own"
	case e.Status == http.StatusUnauthorized:
		return "Microcks did not accept the access token: check that `keycloak-url` and the realm are the ones this Microcks trusts," +
			" and that `microcks-url` is the right server"
	case e.Gateway() && e.Answerer.Proxy != "":
		return fmt.Sprintf("Microcks, a gateway in front of it or the proxy %s is down or overloaded: try again;"+
			" if Microcks is to be reached without the proxy, add its host to NO_PROXY", e.Answerer.Proxy)
	case e.Gateway():
		return "Microcks or a gateway in front of it is down or overloaded: try again, or raise the gateway's time-out"
	case e.Status == http.StatusMethodNotAllowed && e.Answerer.Page:
		return fmt.Sprintf("have the gateway or firewall in front of Microcks let the method %s through:"+
			" importers and secrets need PUT and DELETE", e.method)
	case e.Status == http.StatusRequestEntityTooLarge && e.Answerer.Page:
		return "raise the size of a request's body that the gateway in front of Microcks allows (nginx: client_max_body_size)"
	case e.Status == http.StatusRequestEntityTooLarge:
		return "Microcks takes uploads of 2 MiB unless its setting MAX_UPLOAD_FILE_SIZE says more (such as 16MB; a gateway in front of it" +
			" may have a limit of its own): raise it, or set `delivery: importer`, which has no such limit, for a collection of Postman's"
	case e.upload && e.Status == http.StatusBadRequest:
		return "this run found the same collection good, so look whether something between this runner and Microcks changes what is sent," +
			" and run again; if it stays so, only Microcks' own log says more"
	case e.Answerer.Page:
		return "a gateway or proxy answered instead of Microcks: check that `microcks-url` is the address of Microcks itself," +
			" as opened in a browser, without `/api`"
	case e.Status == http.StatusNotFound:
		return "check that `microcks-url` is the address of Microcks as opened in a browser, its path included, without `/api`"
	case e.Status >= 500:
		return "only Microcks' own log has the reason: look there at the time of this run"
	default:
		return "look at Microcks' own log at the time of this run"
	}
}

// refusedHint is the next step after a 403 that is no missing role: of that the
// server says insufficient_scope.
func (e *APIError) refusedHint() string {
	const gateway = "let this runner through: a gateway or firewall may take addresses from a list only (those of GitHub's runners change)," +
		" or want a header, to be given in `microcks-headers`, or a certificate, in `client-certificate`"
	switch {
	case e.Answerer.Proxy != "":
		return fmt.Sprintf("if the proxy %s refuses it, allow the host there or add it to NO_PROXY; otherwise %s", e.Answerer.Proxy, gateway)
	case e.foreign():
		return gateway + "; if it is a proxy of this runner, add the host to NO_PROXY"
	}
	return "Microcks names a missing role where one is missing, and this answer names none: " + gateway +
		"; with repository tenancy, Microcks itself refuses an account that is in no group for it"
}

// Anchor of docs/troubleshooting.md.
func (e *APIError) Anchor() string {
	switch {
	case e.Status == http.StatusForbidden && !e.lacks, e.basic != "",
		e.Answerer.Page && (e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusRequestEntityTooLarge):
		return "gateway-refused"
	case e.Status == http.StatusUnauthorized:
		return "microcks-401"
	case e.Status == http.StatusForbidden:
		return "microcks-403"
	case e.Gateway():
		return "microcks-gateway"
	case e.Status == http.StatusRequestEntityTooLarge:
		return "upload-too-large"
	case e.upload && e.Status == http.StatusBadRequest:
		return "upload-refused"
	case e.Answerer.Page:
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
	Doing    string
	Status   int
	Answerer transport.Answerer
	What     text.Untrusted // the answer is, where it came whole
	Err      error
}

func (e *BrokenAnswerError) Error() string {
	switch {
	case e.Answerer.Page:
		return fmt.Sprintf("%s: something in front of Microcks answered %d%s, not JSON", e.Doing, e.Status, e.Answerer)
	case e.What != "":
		return fmt.Sprintf("%s: the answer %d is not what Microcks answers: it is %s", e.Doing, e.Status, e.What)
	}
	return fmt.Sprintf("%s: reading the answer %d: %v", e.Doing, e.Status, e.Err)
}

func (e *BrokenAnswerError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *BrokenAnswerError) Hint() string {
	if e.Answerer.Page {
		return "a sign-in page, gateway or proxy answered instead of Microcks: let this runner through, give what it wants in" +
			" `microcks-headers`, or correct `microcks-url`: followed by /api/health it has to answer this runner with JSON"
	}
	return "something other than Microcks may answer at `microcks-url`:" +
		" open it, followed by /api/health, from the machine of this run"
}

// Anchor of docs/troubleshooting.md.
func (e *BrokenAnswerError) Anchor() string { return "microcks-not-json" }

// ExitCode is 12.
func (e *BrokenAnswerError) ExitCode() int { return 12 }

// ListError is a list, or one answer, with more in it than is read.
type ListError struct {
	Doing                string
	Items, Values, Bytes int // of all pages so far; 0 for one answer
}

func (e *ListError) Error() string {
	if e.Items == 0 {
		return fmt.Sprintf("%s: the answer holds more than %d values", e.Doing, mostValues)
	}
	return fmt.Sprintf("%s: the list goes on after %d entries, %d values and %d MiB, and no more than %d, %d or %d MiB is read",
		e.Doing, e.Items, e.Values, e.Bytes>>20, mostItems, mostListed, mostBytes>>20)
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

func newAPIError(r request, res *http.Response, body []byte) error {
	e := &APIError{
		Doing: r.doing, Status: res.StatusCode, method: r.method, open: r.open, upload: r.upload, Answerer: transport.AnswererOf(res, body),
	}
	e.signedIn = res.Request != nil && strings.HasPrefix(res.Request.Header.Get("Authorization"), "Bearer ")
	e.lacks = strings.Contains(res.Header.Get("WWW-Authenticate"), "insufficient_scope")
	if realm, isBasic := strings.CutPrefix(res.Header.Get("WWW-Authenticate"), "Basic "); isBasic && e.Status == http.StatusUnauthorized {
		e.basic = text.Excerpt(realm, 80)
	}
	if e.Answerer.Page {
		return e
	}
	if !e.foreign() && e.Status != http.StatusForbidden {
		e.Answerer.Server = "" // a header that gateways add to answers of Microcks, too
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

// Refused reports whether the server answered 400: it would not take what was sent.
func Refused(err error) bool {
	api, ok := errors.AsType[*APIError](err)
	return ok && api.Status == http.StatusBadRequest
}
