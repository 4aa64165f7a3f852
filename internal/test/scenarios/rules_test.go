package scenarios

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/test/canary"
	"postman-microcks-importer/internal/test/standin/gateway"
	"postman-microcks-importer/internal/test/world"
)

// judge checks what holds for every run, whatever it came to:
//
//   - no credential is in the log, apart from masks, nor in outputs, summary
//     or any other file of the scenario, nor in a comment
//   - the comments of others stay as they are
//   - every credential is masked before the first request
//   - the log has no command but those that the program means to give
//   - on GitHub every output is set, once, also on failure, there is a summary,
//     and each group of the log ends, with no annotation inside
//
// A run that was killed is excused from the last.
func (w *story) judge(ts *testscript.TestScript, r *run, log string, ended bool) []string {
	w.mu.Lock()
	broken := append([]string(nil), w.violations...)
	w.violations = nil
	w.mu.Unlock()
	broken = append(broken, canary.LeaksInFiles(w.canaries(), w.dir)...)
	broken = append(broken, w.judgeComments()...)
	broken = append(broken, strangeCommands(log, r.onGitHub)...)
	if r.onGitHub && ended {
		outputs, err := r.Outputs()
		ts.Check(err)
		summary, err := r.Summary()
		ts.Check(err)
		broken = append(broken, missingOutputs(outputs)...)
		if !strings.HasPrefix(summary, "### ") {
			broken = append(broken, "there is no summary")
		}
		broken = append(broken, looseGroups(log)...)
	}
	return broken
}

// commands that the program gives the runner.
var commands = regexp.MustCompile(`^::(add-mask|group|endgroup|debug|(error|warning|notice)( [^:]*)?)::`)

// strangeCommands finds lines that the runner would take for commands: those of
// its newer grammar begin with ::, those of the older one hold ##[.
func strangeCommands(log string, onGitHub bool) []string {
	var found []string
	for _, line := range strings.FieldsFunc(log, func(c rune) bool { return c == '\n' || c == '\r' }) {
		if onGitHub && commands.MatchString(line) {
			continue // a line is one command at most
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			found = append(found, "the log has a command that is not the program's: "+line)
		}
	}
	return found
}

var annotates = regexp.MustCompile("^(error|warning|notice)")

// looseGroups finds groups of the log that do not end, end twice or hide an
// annotation.
func looseGroups(log string) []string {
	var found []string
	open := false
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "::") {
			continue
		}
		command := strings.SplitN(line+"::", "::", 3)[1]
		opens, ends := command == "group", command == "endgroup"
		if opens && open || ends && !open || annotates.MatchString(command) && open {
			found = append(found, "inside or outside a group, where it is not to be: "+line)
			continue
		}
		open = opens || open && !ends
	}
	if open {
		found = append(found, "the last group of the log does not end")
	}
	return found
}

// missingOutputs holds the outputs against those that action.yml declares.
func missingOutputs(outputs []world.Output) []string {
	var got, want []string
	for _, o := range outputs {
		got = append(got, o.Name)
	}
	for _, o := range config.Outputs() {
		want = append(want, o.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return []string{fmt.Sprintf("outputs are %q, want %q", got, want)}
	}
	return nil
}

// watch stands before a server. It notes when a request does not say whose it
// is, and when a credential arrives that the runner was not told to mask, one
// that is not this server's, or one in a URL other than that of the collection which
// an access key opens.
func (w *story) watch(server world.Server, next http.Handler) http.Handler {
	header := "Authorization" // the one that the server's credential comes in
	if server == world.Postman {
		header = "X-Api-Key"
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if world.FromMicrocks(r) { // it downloads
			next.ServeHTTP(rw, r)
			return
		}
		if agent := r.UserAgent(); !strings.HasPrefix(agent, "postman-microcks-importer/") {
			w.violated("%s was asked by %q", server, agent)
		}
		canaries := w.canaries()
		token, isToken := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !isToken || server == world.GitHub { // the runner masks what it hands out itself
			token = ""
		}
		w.checkMasks(server, token)
		address := *r.URL
		if server == world.Postman && address.RawQuery == "access_key="+accessKey { // its only form
			address.RawQuery = ""
		}
		if found := canary.Leaks(canaries, address.String()); len(found) > 0 {
			w.violated("%s got %s in a URL", server, strings.Join(found, " and "))
		}
		for name, values := range r.Header {
			found := canary.Leaks(canaries, strings.Join(values, "\n"))
			ofGateway := len(canary.Leaks(gatewayCanaries, strings.Join(values, "\n"))) > 0
			ofGitHub := len(canary.Leaks(githubCanaries, strings.Join(values, "\n"))) > 0
			switch {
			case len(found) == 0, server == world.Microcks && ofGateway && (name == header || name == gateway.TokenSecret):
			case name != header, ofGateway, ofGitHub != (server == world.GitHubAPI): // the gateway's go to Microcks alone, the job's to GitHub
				w.violated("%s got %s in the header %s", server, strings.Join(found, " and "), name)
			}
		}
		next.ServeHTTP(rw, r)
	})
}

// checkMasks expects that a run has masked every credential that it got, and
// the token of this request, in its log as the runner has read it so far.
func (w *story) checkMasks(server world.Server, token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.running {
		log, err := r.Log()
		unmasked := func(secret string) bool {
			return secret != "" && !strings.Contains(log, canary.MaskCommand+secret+"\n")
		}
		if err != nil || !r.onGitHub || !unmasked(token) && !slices.ContainsFunc(r.given, unmasked) {
			return
		}
	}
	if len(w.running) > 0 {
		w.violations = append(w.violations, string(server)+" got a request before its credentials were masked")
	}
}

// TestRulesBite breaks each rule that holds for every run.
func TestRulesBite(t *testing.T) {
	t.Parallel()
	for _, log := range []string{"::set-output name=a::b\n", "fetched\r::stop-commands::x\n", "a ##[add-mask]b\n", "::error file=a::b\n"} {
		onGitHub := !strings.HasPrefix(log, "::error")
		if len(strangeCommands(log, onGitHub)) == 0 {
			t.Errorf("%q passes for harmless", log)
		}
	}
	if found := strangeCommands("::group::a\n::error title=x,file=y::z\n a::b\n", true); len(found) > 0 {
		t.Errorf("the program's own commands are refused: %q", found)
	}
	if len(missingOutputs([]world.Output{{Name: "status", Value: "failed"}})) == 0 {
		t.Error("missing outputs are not missed")
	}
}
