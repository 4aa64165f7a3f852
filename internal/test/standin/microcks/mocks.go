package microcks

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// resourcePath is what follows the service and its version in a path, still
// escaped; a + in it counts as a space. A server looks for the name in its own
// escaping, and for the version as it is, so a version with a sign that has to
// be escaped is never found.
func resourcePath(path, name, version string) (rest string, found bool) {
	rest, found = strings.CutPrefix(path, predict.MockPath(name, "")+version)
	return strings.ReplaceAll(rest, "+", "%20"), found
}

// mock answers a call of a mock; escaped is its whole path.
func (s *Server) mock(w http.ResponseWriter, r *http.Request, name, version, escaped string) {
	one, err := s.named(strings.ReplaceAll(name, "+", " "), version)
	switch {
	case err != nil:
		failed(w, r, http.StatusInternalServerError)
		return
	case one == nil:
		s.plain(w, http.StatusNotFound, fmt.Sprintf("The service %s with version %s does not exist!", name, version))
		return
	}
	path, found := resourcePath(escaped, name, version)
	op := called(one, r.Method, path)
	if op == nil || !found {
		empty(w, http.StatusNotFound)
		return
	}
	asked := strings.ReplaceAll(url.PathEscape(name), "%2B", "+")
	if s.version.locatesByName() {
		asked = url.PathEscape(wordsOrEmpty(one.Name))
	}
	s.respond(w, r, one, op, path, "http://"+r.Host+"/rest/"+asked+"/"+version)
}

// respond finds the message whose criteria are those of the request. Without a
// dispatcher it is the first of the media type asked for, else the first.
// Relative Locations start at base.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, one *storedService, op *operation, path, base string) {
	messages := s.messagesOf(one.operationID(op))
	criteria, err := s.requestCriteria(op, path, r.URL.RawQuery)
	if err != nil {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	var candidates []message
	for _, m := range messages {
		if has := m.example.DispatchCriteria; has == nil && criteria == nil || has != nil && criteria != nil && *has == *criteria {
			candidates = append(candidates, m)
		}
	}
	if len(candidates) == 0 && criteria != nil {
		for _, m := range messages {
			if m.example.Name == *criteria {
				candidates = append(candidates, m)
			}
		}
	}
	switch {
	case len(candidates) == 0 && (op.Dispatcher == nil || !s.version.refusesUnmatched()):
		candidates = messages
	case len(candidates) == 0:
		text := "null"
		if criteria != nil {
			text = *criteria
		}
		s.plain(w, http.StatusBadRequest, fmt.Sprintf("The response %s does not exist!", text))
		return
	}
	if len(candidates) == 0 {
		empty(w, http.StatusBadRequest)
		return
	}
	accept := r.Header.Get("Accept")
	i := slices.IndexFunc(candidates, func(m message) bool { return accept != "" && m.example.Response.MediaType == accept })
	s.answer(w, r, candidates[max(i, 0)], base)
}

// answer sends a saved response. Its own headers come after the media type and
// replace it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, m message, base string) {
	res := m.example.Response
	status, err := strconv.Atoi(res.Status)
	if err != nil || status < 100 || status > 999 {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", s.untyped())
	if res.MediaType != "" {
		h.Set("Content-Type", res.MediaType+";charset=UTF-8")
	}
	for _, header := range res.Headers {
		switch {
		case header.Name == "Location" && len(header.Values) > 0:
			location := header.Values[0]
			if u, err := url.Parse(location); err != nil || !u.IsAbs() {
				location = base + location
			}
			h.Set("Location", location)
		case !strings.EqualFold(header.Name, "Transfer-Encoding"):
			values := slices.Clone(header.Values)
			for i := range values {
				if s.version.rendersHeaders() {
					values[i] = s.render(values[i])
				}
			}
			h[http.CanonicalHeaderKey(header.Name)] = values
		}
	}
	h.Del("Content-Length")
	w.WriteHeader(status)
	if res.Content != nil && status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = w.Write([]byte(s.render(*res.Content)))
	}
}

// untyped is the media type of an answer that has none of its own.
func (s *Server) untyped() string {
	if s.version.answersBytes() {
		return "application/octet-stream"
	}
	return "text/plain;charset=UTF-8"
}

func (s *Server) plain(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", s.untyped())
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// called is the operation of a request: by a known resource path or its very
// name, else by the pattern of its name.
func called(one *storedService, method, path string) *operation {
	for _, op := range one.Operations {
		if op.Method == method && (slices.Contains(op.ResourcePaths, path) || slices.Contains(op.ResourcePaths, strings.TrimSuffix(path, "/"))) {
			return op
		}
		if op.Name == method+" "+path {
			return op
		}
	}
	for _, op := range one.Operations {
		if op.Method != method || op.ResourcePaths == nil {
			continue
		}
		pattern := regexp.MustCompile(`\{[\w-]+\}`).ReplaceAllString(pathPattern(op), "([^/])+")
		pattern = regexp.MustCompile(`/:[^:^/]+`).ReplaceAllString(pattern, "/([^/]+)")
		if re, err := regexp.Compile(`^(?:` + pattern + `)$`); err == nil && re.MatchString(path) {
			return op
		}
	}
	return nil
}

// pathPattern is the name of an operation without its verb.
func pathPattern(op *operation) string {
	for _, verb := range []string{"GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "OPTIONS "} {
		if rest, isVerb := strings.CutPrefix(op.Name, verb); isVerb {
			return rest
		}
	}
	return op.Name
}

// requestCriteria is what a request is dispatched by; nil without dispatcher,
// and for the dispatchers that this stand-in does not know.
func (s *Server) requestCriteria(op *operation, path, query string) (*string, error) {
	rules := wordsOrEmpty(op.DispatcherRules)
	plainPath, err := url.PathUnescape(path)
	if err != nil {
		return nil, err
	}
	parts := partCriteria(rules, pathPattern(op), plainPath)
	switch wordsOrEmpty(op.Dispatcher) {
	case "URI_PARTS":
		return &parts, nil
	case "URI_PARAMS":
		params, err := paramCriteria(rules, query, s.version.skipsValuelessParameters())
		return &params, err
	case "URI_ELEMENTS":
		params, err := paramCriteria(rules, query, s.version.skipsValuelessParameters())
		both := parts + params
		return &both, err
	}
	return nil, nil
}

var (
	namedPart  = regexp.MustCompile(`:([^:^/]+)|\{([^{}/]+)\}`)
	errDecode  = errors.New("bad escape")
	errNoValue = errors.New("parameter without value")
)

// partCriteria reads the values of path variables, sorted by name.
func partCriteria(rules, pattern, path string) string {
	rules, _, _ = strings.Cut(rules, "??")
	var names []string
	var expression strings.Builder
	last := 0
	for _, at := range namedPart.FindAllStringSubmatchIndex(pattern, -1) {
		expression.WriteString(regexp.QuoteMeta(pattern[last:at[0]]) + "(.+)")
		names = append(names, strings.Trim(pattern[at[0]:at[1]], ":{}"))
		last = at[1]
	}
	expression.WriteString(regexp.QuoteMeta(pattern[last:]))
	values := regexp.MustCompile(`^` + expression.String() + `$`).FindStringSubmatch(path)
	if values == nil {
		return ""
	}
	wanted := map[string]bool{}
	for _, rule := range strings.Split(rules, "&&") {
		wanted[strings.TrimSpace(rule)] = true
	}
	byName := map[string]string{}
	for i, name := range names {
		if wanted[name] {
			byName[name] = values[i+1]
		}
	}
	var criteria strings.Builder
	for _, name := range sortedKeys(byName) {
		criteria.WriteString("/" + name + "=" + byName[name])
	}
	return criteria.String()
}

// paramCriteria reads query parameters whose name appears anywhere in the
// rules, sorted; those without a value do not count, or are an error.
func paramCriteria(rules, query string, skip bool) (string, error) {
	seen := map[string]bool{}
	if !strings.Contains(query, "=") {
		return "", nil
	}
	for _, param := range strings.Split(query, "&") {
		pair := strings.Split(param, "=")
		if len(pair) < 2 || strings.Join(pair[1:], "") == "" {
			if !skip {
				return "", errNoValue
			}
			continue
		}
		key, err1 := url.QueryUnescape(pair[0])
		value, err2 := url.QueryUnescape(pair[1])
		if err1 != nil || err2 != nil {
			return "", errDecode
		}
		if strings.Contains(rules, key) {
			seen[key+"="+value] = true
		}
	}
	var criteria strings.Builder
	for _, param := range sortedKeys(seen) {
		criteria.WriteString("?" + param)
	}
	return criteria.String(), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
