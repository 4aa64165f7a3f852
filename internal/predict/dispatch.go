package predict

import (
	"errors"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Dispatchers that the server derives from a collection.
const (
	URIParams   = "URI_PARAMS"
	URIParts    = "URI_PARTS"
	URIElements = "URI_ELEMENTS"
)

// Dispatchers that a person may have set on an operation.
const (
	queryArgs     = "QUERY_ARGS"
	queryHeader   = "QUERY_HEADER"
	fallback      = "FALLBACK"
	proxyFallback = "PROXY_FALLBACK"
)

// dispatch chooses an operation's dispatcher and rules from its address: query
// parameters, variable parts of the path, both or none. The cause is that of the
// exception that the server throws, if it does.
func dispatch(op *Operation, url string, b behaviour, p *patience) *Cause {
	p.meter.Work(len(url) / 8)
	params := strings.Contains(url, "?") && strings.Contains(url, "=")
	parts := strings.Contains(url, "/:")
	var partRules, paramRules string
	var cause *Cause
	if parts {
		if partRules, op.Unknown, cause = partsOf(url, b, p); cause != nil {
			return cause
		}
	}
	if params {
		if paramRules, cause = paramsOf(url, b); cause != nil {
			return cause
		}
	}
	switch {
	case params && parts:
		op.Dispatcher, op.DispatcherRules = URIElements, new(partRules+" ?? "+paramRules)
	case params:
		op.Dispatcher, op.DispatcherRules = URIParams, new(paramRules)
		op.ResourcePaths = []string{resourcePath(url)}
	case parts:
		op.Dispatcher, op.DispatcherRules = URIParts, new(partRules)
	default:
		op.ResourcePaths = []string{resourcePath(url)}
	}
	return nil
}

// paramsOf are the decoded names of an address's query, in order.
func paramsOf(url string, b behaviour) (rules string, cause *Cause) {
	_, query, _ := strings.Cut(url, "?")
	var out strings.Builder
	for _, param := range java.Split(query, "&") {
		pair := java.Split(param, "=")
		if len(pair) == 0 {
			return "", outOfBounds(NamelessParameter, 0, 0)
		}
		key, cause := b.decode(pair[0])
		if cause != nil {
			return "", cause
		}
		if !b.valuelessKeys {
			if len(pair) == 1 {
				return "", outOfBounds(ValuelessParameter, 1, 1)
			}
			if _, cause := b.decode(pair[1]); cause != nil {
				return "", cause
			}
		}
		if out.Len() > 0 {
			out.WriteString(" && ")
		}
		out.WriteString(key)
	}
	return out.String(), nil
}

var (
	curlyPart = regexp.MustCompile(`\{[^}]+\}`)
	colonPart = regexp.MustCompile(`/:[^:^/]+`)
)

// workOfPartByte is what looking for variable parts costs for a byte.
const workOfPartByte = 4

// partsOf are the variable parts of an address's path. The server turns the
// address into a regular expression and matches it with the address itself, so
// other characters that mean something in an expression spoil it. unknown is
// true where that expression is beyond what is known of Java.
func partsOf(url string, b behaviour, patience *patience) (rules string, unknown bool, cause *Cause) {
	url, _, _ = strings.Cut(url, "?")
	if strings.Contains(url, "{{") && strings.Contains(url, "}}") {
		url = strings.ReplaceAll(strings.ReplaceAll(url, "{{", ""), "}}", "")
	}
	url = strings.ReplaceAll(url, "$", "")
	if len(url) > java.LongestExpression {
		return "", true, nil
	}
	patience.meter.Work(workOfPartByte * len(url))
	if names, plain := plainParts(url); plain {
		return strings.Join(names, " && "), false, nil
	}
	return matchedParts(url, b, patience)
}

// matchedParts are those of an address as the server finds them.
func matchedParts(url string, b behaviour, patience *patience) (rules string, unknown bool, cause *Cause) {
	var expression string
	switch {
	case strings.Contains(url, "/{"):
		expression = curlyPart.ReplaceAllLiteralString(url, `\{(.+)\}`)
	case strings.Contains(url, "/:"):
		expression = colonPart.ReplaceAllLiteralString(url, `/:(.+)`)
	default:
		return "", false, nil
	}
	p, err := patience.compile(expression, b)
	switch {
	case errors.Is(err, java.ErrUnsupported):
		return "", true, nil
	case err != nil:
		return "", false, &Cause{BadPattern, err}
	}
	match := patience.match(p, url)
	return strings.Join(match.Groups, " && "), match.Verdict == java.Undecided, nil
}

// fewParts are as many as people write. The server's time is exponential in them.
const fewParts = 6

// plainParts are the few variable parts of an address in which no sign but dots means
// anything in an expression. It matches itself in one way alone then: there are as many
// slashes with a colon in the one as in the other.
func plainParts(url string) (names []string, plain bool) {
	_, parts, _ := strings.Cut(url, "/:")
	for part := range strings.SplitSeq(parts, "/:") {
		if end := strings.IndexAny(part, ":/"); end >= 0 {
			part = part[:end]
		}
		if part != "" {
			names = append(names, part)
		}
	}
	return names, len(names) <= fewParts && plainText(url)
}

// plainText reports whether a text is of ASCII and means itself in an expression, but
// for dots.
func plainText(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_~:/,=@!&;%'.", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// dispatching is how an operation chooses an example.
type dispatching struct {
	dispatcher string
	rules      *string
}

// rootDispatcher looks through a fallback to the dispatcher inside. One whose
// rules are not the JSON that a fallback has stays as it is.
func rootDispatcher(op *Operation, b behaviour) dispatching {
	own := dispatching{op.Dispatcher, op.DispatcherRules}
	if op.Dispatcher != fallback && (op.Dispatcher != proxyFallback || !b.proxyFallback) || op.DispatcherRules == nil {
		return own
	}
	doc, err := jackson.Parse([]byte(*op.DispatcherRules), b.jackson)
	if err != nil || doc.Root().Kind() != jackson.Object {
		return own
	}
	var inside dispatching
	inside.dispatcher = doc.Root().At("dispatcher").AsTextOr("")
	if rules := doc.Root().At("dispatcherRules"); rules.Kind() != jackson.Missing && rules.Kind() != jackson.Null {
		inside.rules = new(rules.AsText())
	}
	return inside
}
