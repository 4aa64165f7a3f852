package predict

import (
	"errors"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Dispatchers that the server derives from a collection, and those that a
// person may have set on an operation.
const (
	uriParams     = "URI_PARAMS"
	uriParts      = "URI_PARTS"
	uriElements   = "URI_ELEMENTS"
	queryArgs     = "QUERY_ARGS"
	queryHeader   = "QUERY_HEADER"
	fallback      = "FALLBACK"
	proxyFallback = "PROXY_FALLBACK"
)

// dispatch chooses an operation's dispatcher and rules from its address:
// query parameters, variable parts of the path, both or none. failure is the
// message of the exception that the server throws, if it does.
func dispatch(op *Operation, url string, b behaviour) (failure string) {
	params := strings.Contains(url, "?") && strings.Contains(url, "=")
	parts := strings.Contains(url, "/:")
	var partRules, paramRules string
	if parts {
		var known bool
		if partRules, failure, known = partsOf(url, b); failure != "" {
			return failure
		} else if !known {
			op.Unknown = true
		}
	}
	if params {
		if paramRules, failure = paramsOf(url, b); failure != "" {
			return failure
		}
	}
	switch {
	case params && parts:
		op.Dispatcher, op.DispatcherRules = uriElements, ptr(partRules+" ?? "+paramRules)
	case params:
		op.Dispatcher, op.DispatcherRules = uriParams, ptr(paramRules)
		op.ResourcePaths = []string{resourcePath(url)}
	case parts:
		op.Dispatcher, op.DispatcherRules = uriParts, ptr(partRules)
	default:
		op.ResourcePaths = []string{resourcePath(url)}
	}
	return ""
}

func ptr[T any](v T) *T { return &v }

// outOfBounds is the message of reading beyond an array of that length.
func outOfBounds(index, length int) string {
	return (&java.IndexError{Index: index, Length: length}).Error()
}

// paramsOf are the decoded names of an address's query, in order.
func paramsOf(url string, b behaviour) (rules, failure string) {
	_, query, _ := strings.Cut(url, "?")
	var out strings.Builder
	for _, param := range java.Split(query, "&") {
		pair := java.Split(param, "=")
		if len(pair) == 0 {
			return "", outOfBounds(0, 0)
		}
		key, err := java.DecodeURL(pair[0], b.java)
		if err != nil {
			return "", err.Error()
		}
		if !b.valuelessKeys {
			if len(pair) == 1 {
				return "", outOfBounds(1, 1)
			}
			if _, err := java.DecodeURL(pair[1], b.java); err != nil {
				return "", err.Error()
			}
		}
		if out.Len() > 0 {
			out.WriteString(" && ")
		}
		out.WriteString(key)
	}
	return out.String(), ""
}

var (
	curlyPart = regexp.MustCompile(`\{[^}]+\}`)
	colonPart = regexp.MustCompile(`/:[^:^/]+`)
)

// partsOf are the variable parts of an address's path. The server turns the
// address into a regular expression and matches it with the address itself, so
// other characters that mean something in an expression spoil it. known is
// false where that expression is beyond this package.
func partsOf(url string, b behaviour) (rules, failure string, known bool) {
	url, _, _ = strings.Cut(url, "?")
	if strings.Contains(url, "{{") && strings.Contains(url, "}}") {
		url = strings.ReplaceAll(strings.ReplaceAll(url, "{{", ""), "}}", "")
	}
	url = strings.ReplaceAll(url, "$", "")
	var expression string
	switch {
	case strings.Contains(url, "/{"):
		expression = curlyPart.ReplaceAllLiteralString(url, `\{(.+)\}`)
	case strings.Contains(url, "/:"):
		expression = colonPart.ReplaceAllLiteralString(url, `/:(.+)`)
	default:
		return "", "", true
	}
	p, err := java.Compile(expression, b.java)
	switch {
	case errors.Is(err, java.ErrUnsupported):
		return "", "", false
	case err != nil:
		return "", err.Error(), true
	}
	match := p.Match(url)
	switch match.Verdict {
	case java.Undecided:
		return "", "", false
	case java.NoMatch:
		return "", "", true
	}
	return strings.Join(match.Groups, " && "), "", true
}

// rootDispatcher looks through a fallback to the dispatcher inside. known is
// false when the rules are not the JSON that a fallback has.
func rootDispatcher(op *Operation, b behaviour) (dispatcher string, rules *string) {
	if op.Dispatcher != fallback && (op.Dispatcher != proxyFallback || !b.proxyFallback) || op.DispatcherRules == nil {
		return op.Dispatcher, op.DispatcherRules
	}
	doc, err := jackson.Parse([]byte(*op.DispatcherRules), b.jackson)
	if err != nil || doc.Root().Kind() != jackson.Object {
		return op.Dispatcher, op.DispatcherRules
	}
	field := func(name string) *string {
		v := doc.Root().At(name)
		if !v.Exists() || v.Kind() == jackson.Null {
			return nil
		}
		return ptr(v.AsText())
	}
	if d := field("dispatcher"); d != nil {
		dispatcher = *d
	}
	return dispatcher, field("dispatcherRules")
}
