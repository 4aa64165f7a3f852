package scenarios

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/config"
)

// judge checks what holds for every run, whatever it came to:
//
//   - no credential is in the log, apart from masks, nor in outputs, summary
//     or any other file of the scenario
//   - every credential is masked before the first request
//   - the log has no command but those that the program means to give
//   - on GitHub every output is set, once, also on failure, there is a summary,
//     and each group of the log ends, with no annotation inside
//
// A run that was killed is excused from the last.
func (w *world) judge(ts *testscript.TestScript, r *run, log string, ended bool) []string {
	w.mu.Lock()
	broken := append([]string(nil), w.violations...)
	w.violations = nil
	canaries := slices.Clone(w.canaries)
	w.mu.Unlock()
	broken = append(broken, leaksInFiles(canaries, w.dir)...)
	broken = append(broken, strangeCommands(log, r.onGitHub)...)
	if r.onGitHub && ended {
		broken = append(broken, missingOutputs(read(ts, r.outputs))...)
		if !strings.HasPrefix(read(ts, r.summary), "### ") {
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

// looseGroups finds groups of the log that do not end, end twice or hide an
// annotation.
func looseGroups(log string) []string {
	var found []string
	open := false
	for line := range strings.Lines(log) {
		switch command := strings.SplitN(line+"::", "::", 3)[1]; {
		case !strings.HasPrefix(line, "::"):
		case command == "group" && open, command == "endgroup" && !open, regexp.MustCompile("^(error|warning|notice)").MatchString(command) && open:
			found = append(found, "inside or outside a group, where it is not to be: "+line)
		case command == "group":
			open = true
		case command == "endgroup":
			open = false
		}
	}
	if open {
		found = append(found, "the last group of the log does not end")
	}
	return found
}

type output struct{ name, value string }

// parseOutputs reads the file of GITHUB_OUTPUT as the runner does.
func parseOutputs(text string) ([]output, error) {
	var all []output
	rest := text
	for rest != "" {
		first, after, _ := strings.Cut(rest, "\n")
		rest = after
		name, delimiter, heredoc := strings.Cut(first, "<<")
		if equals := strings.Index(first, "="); equals >= 0 && (!heredoc || equals < len(name)) {
			all = append(all, output{first[:equals], first[equals+1:]})
			continue
		}
		if !heredoc || name == "" || delimiter == "" {
			return nil, fmt.Errorf("a line of the outputs is neither name=value nor name<<delimiter: %q", first)
		}
		var value []string
		for {
			if rest == "" {
				return nil, errors.New("an output does not end: " + name)
			}
			line, after, _ := strings.Cut(rest, "\n")
			rest = after
			if line == delimiter {
				break
			}
			value = append(value, line)
		}
		all = append(all, output{name, strings.Join(value, "\n")})
	}
	return all, nil
}

// missingOutputs holds the outputs against those that action.yml declares.
func missingOutputs(text string) []string {
	outputs, err := parseOutputs(text)
	if err != nil {
		return []string{err.Error()}
	}
	var got, want []string
	for _, o := range outputs {
		got = append(got, o.name)
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
// is, and when a credential arrives that the
// runner was not told to mask, one that is not this server's, or one in a URL.
func (w *world) watch(server string, header string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.UserAgent(), "Java/") { // Microcks downloads
			next.ServeHTTP(rw, r)
			return
		}
		if agent := r.UserAgent(); !strings.HasPrefix(agent, "postman-microcks-importer/") {
			w.violated("%s was asked by %q", server, agent)
		}
		w.mu.Lock()
		canaries := slices.Clone(w.canaries)
		w.mu.Unlock()
		token, isToken := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !isToken || server == "GitHub" { // the runner masks what it hands out itself
			token = ""
		}
		w.checkMasks(server, token)
		if found := leaks(canaries, []byte(r.URL.String())); len(found) > 0 {
			w.violated("%s got %s in a URL", server, strings.Join(found, " and "))
		}
		for name, values := range r.Header {
			if found := leaks(canaries, []byte(strings.Join(values, "\n"))); len(found) > 0 && name != header {
				w.violated("%s got %s in the header %s", server, strings.Join(found, " and "), name)
			}
		}
		next.ServeHTTP(rw, r)
	})
}

// checkMasks expects that a run has masked every credential that it got, and
// the token of this request, in its log as the runner has read it so far.
func (w *world) checkMasks(server, token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.running {
		log, err := os.ReadFile(r.stdout)
		unmasked := func(secret string) bool {
			return secret != "" && !strings.Contains(string(log), maskCommand+secret+"\n")
		}
		if err != nil || !r.onGitHub || !unmasked(token) && !slices.ContainsFunc(r.given, unmasked) {
			return
		}
	}
	if len(w.running) > 0 {
		w.violations = append(w.violations, server+" got a request before its credentials were masked")
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
	if len(missingOutputs("status<<x\nfailed\nx\n")) == 0 {
		t.Error("missing outputs are not missed")
	}
	if _, err := parseOutputs("status<<x\nfailed\n"); err == nil {
		t.Error("an output without end passes")
	}
}
