package mock

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// Flaw is what keeps an example from coming back.
type Flaw string

// Flaws. Of the first four the server answers 500 in the example's place; of the
// others a client gets an answer that it cannot read, or none.
const (
	NoFlaw         Flaw = ""
	FlawStatus     Flaw = "status"       // one that the server does not know
	FlawMediaType  Flaw = "media-type"   // no valid one, or a range
	FlawValue      Flaw = "header-value" // with a line break, or a length that is no number
	FlawNameless   Flaw = "empty-header-name"
	FlawName       Flaw = "header-name" // with signs that a client does not read
	FlawInterim    Flaw = "interim"     // 1xx: a client waits for the answer that follows
	FlawLength     Flaw = "length"      // other than that of the body: a client waits for more, or reads less
	FlawEncoding   Flaw = "encoding"    // the body is said to be packed, and is not
	flawUndecided  Flaw = "undecided"   // it may be one, depending on details of the server
	flawMediaTypes Flaw = "media types" // several, of which not all can be sent
)

// Refused reports whether the server answers 500 in the example's place.
func (f Flaw) Refused() bool {
	return slices.Contains([]Flaw{FlawStatus, FlawMediaType, FlawValue, FlawNameless}, f)
}

// knownStatuses are those that the server can send, by [behaviour.springSeven].
func (b behaviour) knowsStatus(code int) bool {
	switch {
	case code == 305 || code == 419 || code == 420:
		return !b.springSeven
	case 100 <= code && code <= 103, 200 <= code && code <= 208, 300 <= code && code <= 304, 400 <= code && code <= 418,
		421 <= code && code <= 426, 500 <= code && code <= 511:
		return true
	}
	return code == 226 || code == 307 || code == 308 || code == 428 || code == 429 || code == 431 || code == 451
}

// status of a saved answer as Java's Integer.parseInt reads it; 0 when it does not.
func status(s string) int {
	code, err := strconv.ParseInt(s, 10, 32)
	if err != nil || strings.Contains(s, "_") {
		return 0
	}
	return int(code)
}

// Flaw of an example on this server.
func (m *Mocks) Flaw(ex *predict.Example) Flaw {
	b, res := m.behaviour, ex.Response
	code := status(res.Status)
	if !b.knowsStatus(code) {
		return FlawStatus
	}
	types := res.MediaTypes
	if len(types) == 0 && (res.MediaType != "" || hasContentType(res)) {
		types = []string{res.MediaType}
	}
	worst := NoFlaw
	for i, t := range types {
		f := m.flawOfType(t)
		if i > 0 && f != worst {
			return flawMediaTypes
		}
		worst = f
	}
	if worst != NoFlaw {
		return worst
	}
	for _, h := range res.Headers {
		for _, v := range h.Values {
			switch f := b.flawOfHeader(h.Name, v, res); {
			case f.Refused():
				return f
			case f == FlawLength && ex.Digested: // the length is not known
			case f != NoFlaw:
				worst = f
			}
		}
	}
	if code < 200 {
		return FlawInterim
	}
	return worst
}

func hasContentType(res predict.Response) bool {
	return slices.ContainsFunc(res.Headers, func(h predict.Header) bool { return strings.EqualFold(h.Name, "Content-Type") })
}

var (
	token     = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
	essence   = regexp.MustCompile("^" + token + "/" + token + "$")
	parameter = regexp.MustCompile("^" + token + "=(" + token + `|"[^"\\;]*")$`)
	// quotedSign is a sign between quotes that parameters are taken apart by.
	quotedSign = regexp.MustCompile(`"[^"]*[;\\][^"]*"`)
	charsets   = regexp.MustCompile(`(?i)^(utf-?8|utf-16|iso-8859-1|us-ascii|windows-125[0-8]|iso-8859-[2-9]|iso-8859-1[35]|latin1|ascii)$`)
)

// isToken reports whether a text is a token of RFC 9110, such as the name of a header.
func isToken(s string) bool { return s != "" && holdsOnly(s, "!#$%&'*+.^_`|~-") }

// flawOfType is looked up: most examples have one of few media types.
func (m *Mocks) flawOfType(t string) Flaw {
	f, known := m.types[t]
	if !known {
		f = m.behaviour.flawOfType(t)
		m.types[t] = f
	}
	return f
}

// flawOfType of a media type: the server sends what Spring reads as one.
func (b behaviour) flawOfType(t string) Flaw {
	if b.rendersHeaders && strings.Contains(t, "{{") {
		if !essence.MatchString(strings.TrimSpace(strings.Split(t, ";")[0])) {
			return FlawMediaType
		}
		return flawUndecided
	}
	main, parameters, any := strings.Cut(t, ";")
	main = strings.TrimSpace(main)
	_, sub, _ := strings.Cut(main, "/")
	switch {
	case !essence.MatchString(main), sub == "*", strings.HasPrefix(main, "*/"), strings.HasPrefix(sub, "*"):
		return FlawMediaType
	case !any:
		return NoFlaw
	case quotedSign.MatchString(parameters):
		return flawUndecided
	}
	list := strings.Split(parameters, ";")
	seen := map[string]bool{}
	for i, p := range list {
		p = strings.TrimSpace(p)
		name, value, valued := strings.Cut(p, "=")
		name = strings.ToLower(name)
		switch {
		case p == "" && i == len(list)-1 && !seen["charset"], !valued && isToken(p):
		case p == "", seen[name]:
			return flawUndecided
		case !parameter.MatchString(p):
			return FlawMediaType
		case name == "charset" && !charsets.MatchString(strings.Trim(value, `"'`)):
			return FlawMediaType
		case name == "charset" && strings.HasPrefix(value, "'"):
			return flawUndecided
		}
		seen[name] = valued
	}
	return NoFlaw
}

// flawOfHeader of one saved header.
func (b behaviour) flawOfHeader(name, value string, res predict.Response) Flaw {
	switch {
	case name == "":
		if b.namelessHeader {
			return FlawNameless
		}
		return NoFlaw
	case strings.ContainsAny(value, "\r\n"):
		return FlawValue
	case strings.EqualFold(name, "Content-Type"), strings.EqualFold(name, "Transfer-Encoding"):
		return NoFlaw
	case !isToken(name):
		return FlawName
	}
	switch value := strings.ToLower(strings.TrimSpace(value)); http.CanonicalHeaderKey(name) {
	case "Content-Encoding":
		if value != "" && value != "identity" {
			return FlawEncoding
		}
	case "Content-Length":
		length, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil || length < 0:
			return FlawValue
		case res.Content == nil || strings.Contains(*res.Content, "{{") || length != int64(len(*res.Content)):
			return FlawLength
		}
	}
	return NoFlaw
}
