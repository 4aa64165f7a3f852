package canary_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/test/canary"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

const (
	// apiKey has not the form of Postman's, so that nothing finds it by that.
	apiKey       = "gateway-5ca1ab1e/0ddba11c0+ffee123=0123456789abcdef<edcba98765432100f>"
	clientID     = "ci-importer"
	clientSecret = `kc/5ecret+of<the>client&"1"=~_*`
	accessKey    = "PMAT-01J0CANARYCANARYCANARY00XY"
)

// spelling is a way to repeat a credential.
type spelling struct {
	name  string
	spell func(string) string
}

var spellings = []spelling{
	{"raw", func(s string) string { return s }},
	{"in a word", func(s string) string { return "key_" + s + "_was" }},
	{"query", url.QueryEscape},
	{"path", url.PathEscape},
	{"JSON", func(s string) string { b, _ := json.Marshal(s); return string(b) }},
	{"HTML", html.EscapeString},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"HEX", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 of URLs", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"Basic", func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(clientID) + ":" + url.QueryEscape(s)))
	}},
	{"cut", func(s string) string { return strings.Repeat("x ", 280) + s + strings.Repeat(" x", 400) }},
	{"invisible", func(s string) string { return s[:9] + "\u200b" + s[9:] }},
	{"wrapped", func(s string) string { return wrap(base64.StdEncoding.EncodeToString([]byte(s)), 40, "\r\n") }},
	{"wrapped Basic", func(s string) string {
		return wrap(base64.StdEncoding.EncodeToString([]byte(clientID+":"+s)), 40, "\r\n")
	}},
	{"broken", func(s string) string { return wrap(s, 20, "\n ") }},
	{"hex with colons", func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, ":") }},
	{"hex with spaces", func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, " ") }},
}

// wrap puts something between every n bytes of an ASCII text.
func wrap(s string, n int, between string) string {
	return strings.Join(slices.Collect(func(yield func(string) bool) {
		for part := range slices.Chunk([]byte(s), n) {
			if !yield(string(part)) {
				return
			}
		}
	}), between)
}

// place is where a server's text gets in.
type place struct {
	server  world.Server
	method  string
	path    string
	pointer string // of a text in the answer; empty: the whole answer is another
	reply   int    // which one, of replies
}

func (p place) String() string {
	if p.pointer != "" {
		return fmt.Sprintf("%s %s %s, %s", p.server, p.method, p.path, p.pointer)
	}
	return fmt.Sprintf("%s %s %s %s", p.server, p.method, p.path, replies[p.reply].name)
}

// reply is an answer that is no good one, with a text in it.
type reply struct {
	name  string
	write func(w http.ResponseWriter, text string)
}

var replies = func() []reply {
	var all []reply
	for _, status := range []int{200, 400, 401, 403, 404, 409, 429, 500} {
		all = append(all, reply{"answers " + strconv.Itoa(status), func(w http.ResponseWriter, text string) {
			body, _ := json.Marshal(map[string]any{
				"message": text, "error": map[string]any{"name": text, "message": text, "details": map[string]string{"model": text}},
				"error_description": text, text: text, "path": text,
			})
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}}, reply{"answers in text " + strconv.Itoa(status), func(w http.ResponseWriter, text string) {
			line := strings.Map(func(c rune) rune {
				if c < ' ' || c > '~' {
					return -1
				}
				return c
			}, text)
			for _, name := range []string{"Content-Type", "Server", "WWW-Authenticate", "X-Error", "Via"} {
				w.Header().Set(name, line)
			}
			w.WriteHeader(status)
			fmt.Fprintf(w, "<html><title>%s</title>%s", text, text)
		}}, reply{"answers Keycloak's error " + strconv.Itoa(status), func(w http.ResponseWriter, text string) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": text, "error_description": text})
		}})
	}
	for _, to := range []string{
		"https://elsewhere.example/%s", "/%s", "?to=%s", "http://%s.example/", "https://me:%s@elsewhere.example/", "%s",
	} {
		all = append(all, reply{"redirects to " + to, func(w http.ResponseWriter, text string) {
			w.Header().Set("Location", fmt.Sprintf(to, url.PathEscape(text)))
			w.WriteHeader(http.StatusFound)
		}})
	}
	return all
}()

// echoing is a world whose servers repeat a credential in one place.
type echoing struct {
	*world.World
	guard sync.Mutex
	seen  map[place]bool // places of all answers so far
	at    place
	text  func() string // nil: good answers only
	// byLink: the collection is uploaded, and read by the access key of its link.
	byLink  bool
	strayed []string // requests that have the access key, and are not for the collection
}

func newEchoing(byLink bool) *echoing {
	e := &echoing{World: world.InMemory(time.Millisecond, 0), seen: map[place]bool{}, byLink: byLink}
	e.Before = func(name world.Server, next http.Handler) http.Handler {
		if name == world.Download { // Microcks asks
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.answer(name, next, w, r) })
	}
	e.StartPostman(postman.Options{APIKey: apiKey})
	e.StartKeycloak(keycloak.Options{Clients: []keycloak.Client{{
		ID: clientID, Secret: clientSecret, Roles: []string{"manager", "admin", "user"},
	}}})
	e.StartMicrocks(microcks.Options{})
	if err := e.Postman.AddCollection(world.UID(0), world.Collection("Harbour", "1.0", 2)); err != nil {
		panic(err) // the test's own collection
	}
	e.Postman.AddAccessKey(world.UID(0), accessKey)
	return e
}

var derived = regexp.MustCompile(`[0-9a-f]{24}`)

func (e *echoing) answer(server world.Server, next http.Handler, w http.ResponseWriter, r *http.Request) {
	e.lookForAccessKey(server, r)
	here := place{server: server, method: r.Method, path: derived.ReplaceAllString(r.URL.Path, "ID")}
	if e.text != nil && e.at.pointer == "" && (place{server: e.at.server, method: e.at.method, path: e.at.path}) == here {
		replies[e.at.reply].write(w, e.text())
		return
	}
	good := httptest.NewRecorder()
	next.ServeHTTP(good, r)
	e.guard.Lock()
	defer e.guard.Unlock()
	e.seen[here] = true
	body := good.Body.Bytes()
	var document any
	if json.Unmarshal(body, &document) == nil {
		body, _ = json.Marshal(e.each(here, "", document))
	}
	maps.Copy(w.Header(), good.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(good.Code)
	_, _ = w.Write(body)
}

// lookForAccessKey notes a request that has the access key, and not as the query of the
// collection's own address at Postman.
func (e *echoing) lookForAccessKey(server world.Server, r *http.Request) {
	if server == world.Microcks && strings.HasPrefix(e.at.pointer, "/collection/") {
		return // what stands in a collection itself is uploaded with it
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	address := *r.URL
	if server == world.Postman && address.Path == "/collections/"+world.UID(0) && address.RawQuery == "access_key="+accessKey {
		address.RawQuery = ""
	}
	said := fmt.Sprint(address.String(), r.Header) + string(body)
	if len(canary.Leaks([]canary.Canary{{Name: "the access key", Value: accessKey}}, said)) > 0 {
		e.guard.Lock()
		defer e.guard.Unlock()
		e.strayed = append(e.strayed, fmt.Sprintf("%s %s %s", server, r.Method, r.URL.Path))
	}
}

// each notes every text of an answer as a place, and puts the credential into the
// one that it is to be in.
func (e *echoing) each(here place, pointer string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = e.each(here, pointer+"/"+key, v[key])
		}
	case []any:
		for i := range v {
			v[i] = e.each(here, pointer+"/"+strconv.Itoa(min(i, 1)), v[i])
		}
	case string:
		here.pointer = pointer + "/"
		e.seen[here] = true
		if e.text != nil && e.at == here {
			return e.text()
		}
	}
	return v
}

// run carries out one run on GitHub, and returns what it leaves: log without
// masks, outputs and summary.
func (e *echoing) run(t *testing.T, mode string) string {
	t.Helper()
	folder := t.TempDir()
	env := e.Environment()
	maps.Copy(env, map[string]string{
		"INPUT_MODE": mode, "INPUT_COLLECTIONS": world.UID(0), "INPUT_VERIFY": "mocks", "INPUT_TIMEOUT": "2m",
		"INPUT_KEYCLOAK-CLIENT-ID": clientID, "INPUT_KEYCLOAK-CLIENT-SECRET": clientSecret,
		"GITHUB_ACTIONS": "true", "RUNNER_DEBUG": "1",
		"GITHUB_OUTPUT": filepath.Join(folder, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(folder, "summary"),
	})
	if e.byLink {
		delete(env, "POSTMAN_API_KEY")
		delete(env, "INPUT_POSTMAN-API-KEY")
		env["INPUT_COLLECTIONS"] = "https://api.getpostman.com/collections/" + world.UID(0) + "?access_key=" + accessKey
		env["INPUT_DELIVERY"] = "upload"
	}
	var log bytes.Buffer
	e.Run(t.Context(), &log, env)
	all := canary.WithoutMasks(log.String())
	for _, name := range []string{"outputs", "summary"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		}
		all += string(text)
	}
	return all
}

// shown is a text as a reader sees it: without what Markdown escapes, and
// without zero-width spaces.
func shown(s string) string {
	s = strings.ReplaceAll(s, "\u200b", "")
	s = regexp.MustCompile(`\\([[:punct:]])`).ReplaceAllString(s, "$1")
	return html.UnescapeString(s)
}

// joined is a text without what may stand between the parts of a credential.
func joined(s string) string {
	return regexp.MustCompile(`[\s:]|\\[nr]`).ReplaceAllString(s, "")
}

// canaries are the credentials of a world so far, and the first half of each.
func (e *echoing) canaries() []canary.Canary {
	all := []canary.Canary{
		{Name: "the API key", Value: apiKey}, {Name: "the client secret", Value: clientSecret}, {Name: "the access key", Value: accessKey},
	}
	for _, token := range e.Tokens() {
		all = append(all, canary.Token("an access token", token))
	}
	for _, c := range slices.Clone(all) {
		all = append(all, canary.Canary{Name: "half of " + c.Name, Value: c.Value[:len(c.Value)/2]})
	}
	return all
}

// places are all in which a server's text gets into an apply and the plan after it.
func places(t *testing.T, byLink bool) []place {
	t.Helper()
	var all []place
	synctest.Test(t, func(t *testing.T) {
		e := newEchoing(byLink)
		e.run(t, "apply")
		e.run(t, "plan")
		for here := range e.seen {
			if here.pointer != "" {
				all = append(all, here)
				continue
			}
			for i := range replies {
				here.reply = i
				all = append(all, here)
			}
		}
	})
	slices.SortFunc(all, func(a, b place) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// Wherever a server's text gets in, with whatever credential of the run that a
// server may know, in whatever spelling: nothing that the run leaves has it.
func TestServersThatRepeatCredentials(t *testing.T) {
	t.Parallel()
	all := places(t, false)
	for _, server := range []world.Server{world.Postman, world.Microcks, world.Keycloak} {
		if !slices.ContainsFunc(all, func(p place) bool { return p.server == server && p.pointer != "" }) {
			t.Errorf("no text of %s is a place", server)
		}
	}
	var guard sync.Mutex
	shownAnything := 0
	t.Run("places", func(t *testing.T) {
		for worker := range 4 {
			t.Run(strconv.Itoa(worker), func(t *testing.T) {
				t.Parallel()
				for i := worker; i < len(all); i += 4 {
					if repeat(t, all[i], i, false) {
						guard.Lock()
						shownAnything++
						guard.Unlock()
					}
				}
			})
		}
	})
	t.Logf("%d places, %d of them shown", len(all), shownAnything)
	if shownAnything < 100 {
		t.Errorf("in only %d of %d places was a credential hidden: does what servers say come out at all?", shownAnything, len(all))
	}
}

// So it is with the access key of a link, which no server but Postman is ever told, not
// by a redirect either.
func TestPostmanThatRepeatsAnAccessKey(t *testing.T) {
	t.Parallel()
	asked, shownAnything := 0, 0
	for i, at := range places(t, true) {
		if at.server != world.Postman {
			continue
		}
		asked++
		if repeat(t, at, i, true) {
			shownAnything++
		}
	}
	t.Logf("%d places, %d of them shown", asked, shownAnything)
	if shownAnything < 10 {
		t.Errorf("in only %d of %d places was the access key hidden", shownAnything, asked)
	}
}

// repeat has one place say a credential, and reports whether something stood
// where it was.
func repeat(t *testing.T, at place, i int, byLink bool) (hidden bool) {
	t.Helper()
	leak := ""
	synctest.Test(t, func(t *testing.T) {
		e := newEchoing(byLink)
		said, before := 0, 0 // tokens of earlier runs, which a run cannot know
		var guard sync.Mutex
		e.at, e.text = at, func() string {
			guard.Lock()
			defer guard.Unlock()
			credentials := append([]string{apiKey, clientSecret}, e.Tokens()[before:]...)
			if byLink {
				credentials = []string{accessKey}
			}
			said++
			return spellings[(i+said/3)%len(spellings)].spell(credentials[(i+said)%len(credentials)])
		}
		for _, mode := range []string{"apply", "plan", "remove"} {
			before = len(e.Tokens())
			left := e.run(t, mode)
			var found []string
			for _, seen := range []string{left, shown(left), joined(left)} {
				found = append(found, canary.Leaks(e.canaries(), seen)...)
			}
			hidden = hidden || strings.Contains(left, "…")
			if len(e.strayed) > 0 {
				leak = fmt.Sprintf("%s, mode %s: the access key was sent with %q", at, mode, e.strayed)
				return
			}
			if len(found) > 0 {
				leak = fmt.Sprintf("%s, mode %s: %q came out:\n%s", at, mode, slices.Compact(found), left)
				return
			}
		}
	})
	if leak != "" {
		t.Error(leak)
	}
	return hidden
}
