package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Account is who writes. Without Writes its token is that of a job on a pull request
// from a fork, which can only read.
type Account struct {
	Login string
	ID    int64
	// Installation: the account is an app's, whose token may not ask for its user.
	Installation bool
	Writes       bool
}

// Bot is the account that the token of a job writes as.
func Bot() Account {
	return Account{Login: "github-actions[bot]", ID: 41898282, Installation: true, Writes: true}
}

// Token is the token that every server starts with: a job's, which can write.
const Token = "ghs_000000000000000000000000000000000000"

// ForkToken is one that every server starts with: that of a job on a pull request
// from a fork.
const ForkToken = "ghs_111111111111111111111111111111111111"

// Options of a server. The zero value is github.com.
type Options struct {
	// Enterprise: the API is below /api/v3, and GraphQL at /api/graphql.
	Enterprise bool
	// MostFiles that a pull request lists, and MostEntries of a recursive tree; 0 is
	// what GitHub has.
	MostFiles, MostEntries int
	// NoViewer: GraphQL tells nobody who asks.
	NoViewer bool
}

// Server is the stand-in for the API of one repository. Its methods may be called at
// any time, also while requests are served.
type Server struct {
	options Options
	owner   string
	name    string

	mu        sync.Mutex
	tokens    map[string]Account
	pulls     map[int]*Pull
	comments  []*Comment // the oldest first
	lastID    int64
	objects   map[string]object
	branches  map[string]string // their newest commits
	limit     *limit
	faults    []*Fault
	requests  []Request
	moved     string // another name of the repository, which leads here
	requestID int
	ahead     time.Duration // what its clock is before this machine's
}

// Pull is a pull request.
type Pull struct {
	Labels []string
	Files  []File
	Locked bool   // for everybody
	Base   string // the commit that it shall be merged into

	events []map[string]any // what happened to its labels
}

// File is a file that a pull request changes.
type File struct {
	Path, Old string
	Status    string // "modified" when empty
}

// Comment on a pull request.
type Comment struct {
	ID      int64
	Number  int
	Author  Account // zero for one that is gone
	Body    string
	Created time.Time
	Updated time.Time
}

// Request is one that was received.
type Request struct {
	Method, Path  string // with its query
	Authorization string
	UserAgent     string
	Body          string
}

// limit is the primary rate limit.
type limit struct {
	left  int
	reset time.Time
}

// New makes the API of a repository OWNER/NAME, with the accounts of [Token] and
// [ForkToken] and no pull request.
func New(repository string, o Options) *Server {
	owner, name, ok := strings.Cut(repository, "/")
	if !ok {
		panic(fmt.Sprintf("%q is not OWNER/NAME", repository))
	}
	if o.MostFiles == 0 {
		o.MostFiles = 3000
	}
	if o.MostEntries == 0 {
		o.MostEntries = 100_000
	}
	fork := Bot()
	fork.Writes = false
	return &Server{
		options: o, owner: owner, name: name, lastID: 1_000_000_000,
		tokens: map[string]Account{Token: Bot(), ForkToken: fork},
		pulls:  map[int]*Pull{}, objects: map[string]object{}, branches: map[string]string{},
	}
}

// AddToken makes another token valid.
func (s *Server) AddToken(token string, a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = a
}

// SetPull makes or replaces a pull request. Its comments stay.
func (s *Server) SetPull(number int, p Pull) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls[number] = &p
}

// Push changes what a pull request would merge, and into what. The rest of it stays.
func (s *Server) Push(number int, base string, files []File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls[number].Base, s.pulls[number].Files = base, files
}

// SetBranch has a branch end at a commit.
func (s *Server) SetBranch(name, commit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.branches[name] = commit
}

// Label sets a label on a pull request, or takes it off.
func (s *Server) Label(number int, label string, set bool, by string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, kind := s.pulls[number], "labeled"
	p.Labels = slices.DeleteFunc(slices.Clone(p.Labels), func(l string) bool { return l == label })
	if set {
		p.Labels = append(p.Labels, label)
	} else {
		kind = "unlabeled"
	}
	s.lastID++
	p.events = append(p.events, map[string]any{
		"id": s.lastID, "event": kind, "actor": Account{Login: by, ID: 7}.shown(), "created_at": at.UTC().Truncate(time.Second),
		"label": map[string]string{"name": label, "color": "ededed"},
	})
}

// Later sets the server's clock forward, which every answer tells.
func (s *Server) Later(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += by
}

// Now is the server's time, in whole seconds.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is the server's time. The lock is held.
func (s *Server) now() time.Time { return time.Now().Add(s.ahead).UTC().Truncate(time.Second) }

// Move has another name of the repository redirect to this one, as after a rename.
func (s *Server) Move(from string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = from
}

// Plant writes a comment as somebody.
func (s *Server) Plant(number int, by Account, body string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(number, by, body).ID
}

// Forget deletes the comments of a pull request.
func (s *Server) Forget(number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.comments = slices.DeleteFunc(s.comments, func(c *Comment) bool { return c.Number == number })
}

// Comments of a pull request, the oldest first.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Comment
	for _, c := range s.comments {
		if c.Number == number {
			all = append(all, *c)
		}
	}
	return all
}

// Limit allows so many more requests until a time.
func (s *Server) Limit(left int, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = &limit{left: left, reset: until}
}

// Requests are those received so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// write adds a comment. The lock is held.
func (s *Server) write(number int, by Account, body string) *Comment {
	s.lastID++
	now := s.now()
	c := &Comment{ID: s.lastID, Number: number, Author: by, Body: body, Created: now, Updated: now}
	s.comments = append(s.comments, c)
	return c
}

// answer is what is said to one request.
type answer struct {
	status int
	body   any // JSON; bytes are sent as they are; nil is no body
	header http.Header
}

// ServeHTTP answers one request: a fault that waits for it first, then the account,
// the limit, and the route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	s.mu.Lock()
	s.requestID++
	s.requests = append(s.requests, Request{
		Method: r.Method, Path: r.URL.RequestURI(), Authorization: r.Header.Get("Authorization"), UserAgent: r.UserAgent(), Body: body,
	})
	fault := s.takeFault(r)
	var a answer
	if fault != nil && fault.before() {
		a = fault.answer()
	} else {
		a = s.answer(r, body)
	}
	rate := s.limit
	if rate != nil {
		rate = &limit{left: rate.left, reset: rate.reset}
	}
	id, now := s.requestID, s.now()
	s.mu.Unlock()
	if fault != nil && fault.Lose {
		panic(http.ErrAbortHandler) // it was done, and nobody is told
	}
	if fault != nil && fault.Empty {
		a.body = nil
	}
	a.send(w, rate, id, now)
}

func (a answer) send(w http.ResponseWriter, rate *limit, id int, now time.Time) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	h.Set("Server", "github.com")
	h.Set("Date", now.Format(http.TimeFormat))
	h.Set("X-Github-Request-Id", fmt.Sprintf("0400:%04X", id))
	if rate != nil {
		h.Set("X-Ratelimit-Limit", "1000")
		h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(rate.left, 0)))
		h.Set("X-Ratelimit-Reset", strconv.FormatInt(rate.reset.Unix(), 10))
	}
	content := []byte(nil)
	switch body := a.body.(type) {
	case nil:
	case []byte:
		content = body
	default:
		h.Set("Content-Type", "application/json; charset=utf-8")
		content, _ = json.Marshal(body) // values of this package
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(content) // the caller may have gone
}

// answer is what GitHub says. The lock is held.
func (s *Server) answer(r *http.Request, body string) answer {
	rest, graphql := "", "/graphql"
	if s.options.Enterprise {
		rest, graphql = "/api/v3", "/api/graphql"
	}
	account, ok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok {
		return says(http.StatusUnauthorized, "Bad credentials")
	}
	if s.limit != nil {
		if s.limit.left <= 0 && time.Now().Before(s.limit.reset) {
			return says(http.StatusForbidden, "API rate limit exceeded for installation.")
		}
		s.limit.left--
	}
	if r.URL.Path == graphql {
		return s.viewer(r, account)
	}
	path, below := strings.CutPrefix(r.URL.Path, rest+"/")
	if !below {
		return says(http.StatusNotFound, "Not Found")
	}
	if path == "user" {
		if account.Installation {
			return says(http.StatusForbidden, "Resource not accessible by integration")
		}
		return answer{status: http.StatusOK, body: account.shown()}
	}
	path, ok = strings.CutPrefix(path, "repos/")
	if moved, from := strings.CutPrefix(path, s.moved+"/"); s.moved != "" && from {
		to := url.URL{Path: rest + "/repos/" + s.owner + "/" + s.name + "/" + moved, RawQuery: r.URL.RawQuery}
		return redirect(r.Method, to.String())
	}
	path, same := strings.CutPrefix(path, s.owner+"/"+s.name+"/")
	if !ok || !same {
		return says(http.StatusNotFound, "Not Found")
	}
	return s.route(r, account, strings.Split(path, "/"), body)
}

func redirect(method, to string) answer {
	status := http.StatusMovedPermanently
	if method != http.MethodGet {
		status = http.StatusTemporaryRedirect
	}
	a := says(status, "Moved Permanently")
	a.header = http.Header{"Location": {to}}
	return a
}

// says is a refusal in GitHub's form.
func says(status int, message string) answer {
	return answer{status: status, body: map[string]any{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	}}
}

// route answers what is asked of the repository.
func (s *Server) route(r *http.Request, by Account, path []string, body string) answer {
	switch kind, rest := path[0], path[1:]; {
	case kind == "issues" && len(rest) == 2 && rest[0] == "comments":
		return s.oneComment(r, by, rest[1], body)
	case kind == "issues" && len(rest) == 2 && rest[1] == "comments":
		return s.pullComments(r, by, rest[0], body)
	case kind == "issues" && len(rest) == 2 && rest[1] == "labels" && r.Method == http.MethodGet:
		return s.labels(r, rest[0])
	case kind == "issues" && len(rest) == 2 && rest[1] == "events" && r.Method == http.MethodGet:
		return s.labelEvents(r, rest[0])
	case kind == "pulls" && len(rest) == 2 && rest[1] == "files" && r.Method == http.MethodGet:
		return s.files(r, rest[0])
	case kind == "pulls" && len(rest) == 1 && r.Method == http.MethodGet:
		return s.onePull(rest[0])
	case kind == "git" && len(rest) > 2 && rest[0] == "ref" && rest[1] == "heads" && r.Method == http.MethodGet:
		return s.branch(strings.Join(rest[2:], "/"))
	case kind == "git" && len(rest) == 2 && r.Method == http.MethodGet:
		return s.object(r, rest[0], rest[1])
	}
	return says(http.StatusNotFound, "Not Found")
}

// branch answers where a branch ends.
func (s *Server) branch(name string) answer {
	commit, ok := s.branches[name]
	if !ok {
		return says(http.StatusNotFound, "Not Found")
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"ref": "refs/heads/" + name, "object": map[string]string{"type": "commit", "sha": commit},
	}}
}

// onePull answers for a pull request.
func (s *Server) onePull(number string) answer {
	n, p := s.pull(number)
	if p == nil {
		return says(http.StatusNotFound, "Not Found")
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"number": n, "base": map[string]string{"ref": "main", "sha": p.Base}, "changed_files": len(p.Files),
	}}
}

// viewer answers the one question that is asked by GraphQL.
func (s *Server) viewer(r *http.Request, by Account) answer {
	if r.Method != http.MethodPost || s.options.NoViewer {
		return answer{status: http.StatusOK, body: map[string]any{
			"data": nil, "errors": []any{map[string]string{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}},
		}}
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"data": map[string]any{"viewer": map[string]any{"login": by.Login, "databaseId": by.ID}},
	}}
}

// shown is an account as GitHub shows it.
func (a Account) shown() any {
	if a.ID == 0 {
		return nil
	}
	kind := "User"
	if a.Installation {
		kind = "Bot"
	}
	return map[string]any{"login": a.Login, "id": a.ID, "type": kind}
}
