package microcks

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// page reads ?page and ?size. A value that is no number is a bad request, one
// that makes no sense fails in the database.
func page(r *http.Request) (from, size, status int) {
	numbers := [2]int{0, 20}
	for i, name := range []string{"page", "size"} {
		if given := r.URL.Query().Get(name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil {
				return 0, 0, http.StatusBadRequest
			}
			numbers[i] = n
		}
	}
	if numbers[0] < 0 || numbers[1] < 1 {
		return 0, 0, http.StatusInternalServerError
	}
	return numbers[0] * numbers[1], numbers[1], 0
}

// paged is one page of documents sorted by a key; documents of one key stay in
// the order of saving.
func paged[T any](docs []T, from, size int, key func(T) string) []T {
	slices.SortStableFunc(docs, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	from = min(from, len(docs))
	return docs[from:min(from+size, len(docs))]
}

// found keeps the documents whose name matches the pattern somewhere, whatever
// the case. The pattern is a regular expression, and a bad one is an error as
// soon as there is a document to try it on.
func found[T any](docs []T, pattern string, name func(T) *words) ([]T, error) {
	matching := []T{}
	if len(docs) == 0 {
		return matching, nil
	}
	re, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if n := name(d); n != nil && re.MatchString(string(*n)) {
			matching = append(matching, d)
		}
	}
	return matching, nil
}

// search answers GET …/search with ?name and ?labels.KEY.
func search[T any](r *http.Request, docs []T, name func(T) *words, labels func(T) textMap) ([]T, bool) {
	q := r.URL.Query()
	byLabel := false
	for param, values := range q {
		if key, isLabel := strings.CutPrefix(param, "labels."); isLabel {
			byLabel = true
			docs = slices.DeleteFunc(docs, func(d T) bool {
				v, has := labels(d)[key]
				return !has || v != values[0]
			})
		}
	}
	if !q.Has("name") && !byLabel {
		return nil, false // the server looks for null, and fails
	}
	if byLabel && strings.TrimSpace(q.Get("name")) == "" {
		return docs, true
	}
	matching, err := found(docs, q.Get("name"), name)
	return matching, err == nil
}
