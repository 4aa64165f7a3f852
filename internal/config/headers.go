package config

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Header is one that a gateway in front of Microcks wants of every request.
type Header struct {
	Name  string // in its canonical form
	Value Secret
}

// What can be wrong with a line of headers. None quotes it.
const (
	noHeader     fault = "it is not a line `Name: value`"
	oddHeader    fault = "its value is empty, or has a character that is not ASCII or cannot be seen"
	headerTwice  fault = "another line has the same name"
	headerOfOurs fault = "it belongs to the request or the connection itself"
	headerOfAuth fault = "the sign-in to Microcks needs that header"
)

// headerName is what RFC 9110, section 5.1, lets a header be called.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// requestHeaders belong to a request or its connection, besides all that begin
// with Content- and Sec- (RFC 9110, sections 7.6 and 8). Proxy-Authorization is
// none of them: Google's IAP reads it where Authorization is taken.
var requestHeaders = []string{
	"Accept", "Accept-Encoding", "Connection", "Date", "Expect", "Host", "Http2-Settings", "Keep-Alive", "Proxy-Authenticate",
	"Proxy-Connection", "Range", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// parseHeader reads a line `Name: value`.
func parseHeader(line string) (Header, fault) {
	name, value, found := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !found || !headerName.MatchString(name) {
		return Header{}, noHeader
	}
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f }) {
		return Header{}, oddHeader
	}
	h := Header{http.CanonicalHeaderKey(name), Secret(value)}
	for _, prefix := range []string{"Content-", "Sec-"} {
		if strings.HasPrefix(h.Name, prefix) {
			return h, headerOfOurs
		}
	}
	if slices.Contains(requestHeaders, h.Name) {
		return h, headerOfOurs
	}
	return h, ""
}

// masks are what is masked of a header: its value, and the words of it that can
// be a credential by themselves, as in "Basic …". What is too short to be hidden
// in texts is none: an asterisk for each "true" of a log helps nobody.
func (h Header) masks() []string {
	value := h.Value.Reveal()
	words := append([]string{value}, strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == ';' })...)
	return slices.DeleteFunc(words, func(word string) bool { return !text.Hideable(word) })
}

// headers reads the lines of microcks-headers. Of what is wrong with one nothing
// but a name that everybody knows is shown.
func (p *parser) headers() []Header {
	const name = "microcks-headers"
	var headers []Header
	for i, line := range linesOf(p.given(name)) {
		h, wrong := parseHeader(line)
		switch {
		case wrong != "":
		case slices.ContainsFunc(headers, func(other Header) bool { return other.Name == h.Name }):
			wrong = headerTwice
		case h.Name == "Authorization" && p.signsIn():
			wrong = headerOfAuth
		}
		if wrong == "" {
			headers = append(headers, h)
			if len(h.masks()) == 0 {
				p.warn("The value of line %d of %s has fewer than 8 characters or is a common word: it is not masked.", i+1, name)
			}
			continue
		}
		p.strayLine(line)
		problem := Problem{Input: name, Got: "a line (not shown)", Line: i + 1, Fault: wrong}
		if wrong == headerOfOurs || wrong == headerOfAuth {
			problem.Got = h.Name
		}
		problem.Hint = headerHints[wrong]
		p.report(problem)
	}
	return headers
}

// strayLine has what a refused line holds masked all the same.
func (p *parser) strayLine(line string) {
	_, value, found := strings.Cut(line, ":")
	if !found {
		value = line
	}
	if value = strings.TrimSpace(value); text.Hideable(value) {
		p.run.Strays = append(p.run.Strays, Secret(value))
	}
}

var headerHints = map[fault]string{
	noHeader:     "write each header as `Name: value` on a line of its own, without quotes",
	oddHeader:    "save the credential again, as the gateway shows it",
	headerOfOurs: "leave the line out: a gateway looks at a header of its own, such as CF-Access-Client-Id",
	headerTwice:  "keep one of the lines",
	headerOfAuth: "leave the line out: one request carries one Authorization; have the gateway look at another header",
}

// signsIn reports whether the inputs hold an account of Keycloak.
func (p *parser) signsIn() bool {
	k := p.run.Keycloak
	return k.ClientID != "" || k.ClientSecret != "" || k.Auth == AuthGitHubOIDC
}

// HeaderAuthorizationError is a header Authorization for a gateway, before a
// Microcks that wants a sign-in.
type HeaderAuthorizationError struct{}

func (e *HeaderAuthorizationError) Error() string {
	return "signing in to Microcks: its sign-in is on and needs the header Authorization, which `microcks-headers` sets to something else"
}

// Hint says what to do next.
func (e *HeaderAuthorizationError) Hint() string { return headerHints[headerOfAuth] }

// Anchor of docs/troubleshooting.md.
func (e *HeaderAuthorizationError) Anchor() string { return "wrong-inputs" }

// ExitCode is 2.
func (e *HeaderAuthorizationError) ExitCode() int { return 2 }

// linesOf are the lines of a text that are not empty, as they are.
func linesOf(s string) []string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = trim(lines[i])
	}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}
