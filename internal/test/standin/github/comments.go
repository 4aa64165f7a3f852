package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mostBody is how many bytes a comment may have. The refusal speaks of 65536
// characters.
const mostBody = 262_144

func readBody(r *http.Request) string {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 8<<20)) // what a client sends
	return string(body)
}

// pull finds a pull request.
func (s *Server) pull(number string) (int, *Pull) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, nil
	}
	return n, s.pulls[n]
}

// pullComments lists the comments of a pull request, or writes one.
func (s *Server) pullComments(r *http.Request, by Account, number, body string) answer {
	n, p := s.pull(number)
	if p == nil {
		return says(http.StatusNotFound, "Not Found")
	}
	switch r.Method {
	case http.MethodGet:
		var all []any
		for _, c := range s.comments {
			if c.Number == n {
				all = append(all, s.shown(c))
			}
		}
		return page(r, all)
	case http.MethodPost:
		text, refusal := s.textOf(by, p, body)
		if refusal != nil {
			return *refusal
		}
		return answer{status: http.StatusCreated, body: s.shown(s.write(n, by, text))}
	}
	return says(http.StatusNotFound, "Not Found")
}

// textOf is the text of a comment that is to be written, or why it is not.
func (s *Server) textOf(by Account, p *Pull, body string) (string, *answer) {
	var sent struct {
		Body *string `json:"body"`
	}
	refuse := func(a answer) (string, *answer) { return "", &a }
	switch {
	case !by.Writes:
		return refuse(says(http.StatusForbidden, "Resource not accessible by integration"))
	case p != nil && p.Locked:
		return refuse(says(http.StatusForbidden, "Unable to create comment because issue is locked."))
	case json.Unmarshal([]byte(body), &sent) != nil:
		return refuse(says(http.StatusBadRequest, "Problems parsing JSON"))
	case sent.Body == nil || strings.TrimSpace(*sent.Body) == "":
		return refuse(invalid("Body cannot be blank"))
	case len(*sent.Body) > mostBody:
		return refuse(invalid("Body is too long (maximum is 65536 characters)"))
	}
	return *sent.Body, nil
}

func invalid(message string) answer {
	return answer{status: http.StatusUnprocessableEntity, body: map[string]any{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest/issues/comments", "status": "422",
		"errors": []any{map[string]string{"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": message}},
	}}
}

// oneComment reads, edits or deletes a comment.
func (s *Server) oneComment(r *http.Request, by Account, id, body string) answer {
	i := slices.IndexFunc(s.comments, func(c *Comment) bool { return strconv.FormatInt(c.ID, 10) == id })
	if i < 0 {
		return says(http.StatusNotFound, "Not Found")
	}
	c := s.comments[i]
	switch r.Method {
	case http.MethodGet:
		return answer{status: http.StatusOK, body: s.shown(c)}
	case http.MethodPatch:
		text, refusal := s.textOf(by, nil, body)
		if refusal != nil {
			return *refusal
		}
		c.Body, c.Updated = text, s.now()
		return answer{status: http.StatusOK, body: s.shown(c)}
	case http.MethodDelete:
		if !by.Writes {
			return says(http.StatusForbidden, "Resource not accessible by integration")
		}
		s.comments = slices.Delete(s.comments, i, i+1)
		return answer{status: http.StatusNoContent}
	}
	return says(http.StatusNotFound, "Not Found")
}

// shown is a comment as GitHub shows it.
func (s *Server) shown(c *Comment) any {
	return map[string]any{
		"id": c.ID, "body": c.Body, "user": c.Author.shown(), "created_at": c.Created, "updated_at": c.Updated,
		"html_url": fmt.Sprintf("https://github.com/%s/%s/pull/%d#issuecomment-%d", s.owner, s.name, c.Number, c.ID),
	}
}

// labels lists the labels of a pull request.
func (s *Server) labels(r *http.Request, number string) answer {
	_, p := s.pull(number)
	if p == nil {
		return says(http.StatusNotFound, "Not Found")
	}
	var all []any
	for i, name := range p.Labels {
		all = append(all, map[string]any{"id": i + 1, "name": name, "color": "ededed"})
	}
	return page(r, all)
}

// labelEvents lists what happened to a pull request's labels, among other events.
func (s *Server) labelEvents(r *http.Request, number string) answer {
	_, p := s.pull(number)
	if p == nil {
		return says(http.StatusNotFound, "Not Found")
	}
	all := []any{map[string]any{"id": 1, "event": "head_ref_force_pushed", "actor": nil, "created_at": "2026-01-01T00:00:00Z"}}
	for _, e := range p.events {
		all = append(all, e)
	}
	return page(r, all)
}

// files lists what a pull request changes, as far as GitHub does.
func (s *Server) files(r *http.Request, number string) answer {
	_, p := s.pull(number)
	if p == nil {
		return says(http.StatusNotFound, "Not Found")
	}
	var all []any
	for _, f := range p.Files[:min(len(p.Files), s.options.MostFiles)] {
		shown := map[string]any{"filename": f.Path, "status": f.Status}
		if f.Status == "" {
			shown["status"] = "modified"
		}
		if f.Old != "" {
			shown["previous_filename"] = f.Old
		}
		all = append(all, shown)
	}
	return page(r, all)
}

// page is the part of a list that was asked for, with the addresses of others.
func page(r *http.Request, all []any) answer {
	number, size := max(asked(r, "page", 1), 1), asked(r, "per_page", 30)
	size = min(max(size, 1), 100)
	last := max((len(all)+size-1)/size, 1)
	from := min((number-1)*size, len(all))
	a := answer{status: http.StatusOK, body: append([]any{}, all[from:min(from+size, len(all))]...)}
	var links []string
	link := func(rel string, page int) {
		u := *r.URL
		q := u.Query()
		q.Set("page", strconv.Itoa(page))
		u.RawQuery, u.Scheme, u.Host = q.Encode(), "http", r.Host
		links = append(links, fmt.Sprintf(`<%s>; rel="%s"`, u.String(), rel))
	}
	if number > 1 {
		link("prev", number-1)
	}
	if number < last {
		link("next", number+1)
		link("last", last)
	}
	if number > 1 {
		link("first", 1)
	}
	if links != nil {
		a.header = http.Header{"Link": {strings.Join(links, ", ")}}
	}
	return a
}

func asked(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return otherwise
	}
	return n
}
