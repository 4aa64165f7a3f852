package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"postman-microcks-importer/internal/manifest"
	"postman-microcks-importer/internal/text"
)

// Sources is where a run's settings come from.
type Sources struct {
	Args   []string // without the program's name
	Getenv func(string) string
	// ReadFile reads the event's payload; nil is os.ReadFile. Files of the
	// workspace are not read through it, since they must not leave that folder.
	ReadFile func(string) ([]byte, error)
}

// Parse reads everything and reports all problems together, in the order of the
// table of inputs. The Run is never nil: beside problems it contains what could be
// read, so that credentials can be masked and the report knows its mode.
//
// Where nothing is wrong but that GitHub gives the run no secrets, and the event decided
// the mode or the run would write nothing, there is no problem: a contributor can do
// nothing about it. What the repository holds is then judged all the same, and the rest
// skipped.
//
// A flag wins over the environment; empty counts as not given, since the runner
// cannot tell the two apart.
func Parse(src Sources) (*Run, []Problem) {
	if src.Getenv == nil {
		src.Getenv = func(string) string { return "" }
	}
	if src.ReadFile == nil {
		src.ReadFile = os.ReadFile
	}
	inputs := Inputs()
	secrets := secretsInEnvironment(src.Getenv, inputs)
	flags := readFlags(src.Args, inputs, secrets)
	if flags.help || flags.version {
		return &Run{Help: flags.help, Version: flags.version && !flags.help}, nil
	}
	if len(src.Args) == 0 && unsaid(src.Getenv, inputs) {
		return &Run{Unsaid: true}, nil
	}
	p := &parser{
		getenv:  src.Getenv,
		rows:    inputs,
		inputs:  make(map[string]Input, len(inputs)),
		flags:   flags.values,
		run:     &Run{Strays: flags.strays, Proxies: proxyPasswords(src.Getenv)},
		meant:   flags.meant,
		trigger: readCircumstances(src.Getenv, src.ReadFile),
		secrets: secrets,
		space:   openWorkspace(src.Getenv("GITHUB_WORKSPACE")),
	}
	p.problems = flags.problems
	defer p.space.close()
	order := make(map[string]int, len(inputs))
	for i, in := range inputs {
		p.inputs[in.Name] = in
		order[in.Name] = i + 1 // problems of no input (0) come first
	}
	p.gatherStrays(inputs)
	p.parse()

	problems := p.problems
	if len(problems) > 0 && !slices.ContainsFunc(problems, func(p Problem) bool { return !p.withheld }) && p.mayGoWithout() {
		p.goWithout(problems)
		return p.run, nil
	}
	sort.SliceStable(problems, func(i, k int) bool {
		a, b := &problems[i], &problems[k]
		return cmp.Or(order[a.Input]-order[b.Input], strings.Compare(a.File, b.File), a.place()-b.place()) < 0
	})
	return p.run, problems
}

// mayGoWithout reports whether a run that lacks only what GitHub withholds is none that
// failed: one that says itself that it writes asks for what it cannot have.
func (p *parser) mayGoWithout() bool {
	return p.run.ModeReason != "" || p.run.Mode == ModePlan || p.run.Mode == ModeCheck
}

// goWithout skips what cannot be had without the inputs that are missing.
func (p *parser) goWithout(missing []Problem) {
	keyOnly := !slices.ContainsFunc(missing, func(m Problem) bool { return m.Input != "postman-api-key" })
	switch {
	case p.run.Mode != ModePlan && p.run.Mode != ModeCheck:
		p.run.Skipped = true
	case keyOnly:
		p.run.skip(p.run.needsKey)
	default:
		p.run.GoWithoutServer()
	}
}

// GoWithoutServer makes a plan for which GitHub withholds the way into Microcks a check of
// what the repository holds: all else is skipped.
func (r *Run) GoWithoutServer() {
	r.skip(func(*Importer) bool { return true })
	if r.Mode == ModePlan && !r.Skipped {
		const reason = "GitHub withholds the secrets for a plan"
		if r.Mode = ModeCheck; r.ModeReason != "" {
			r.ModeReason += "; "
		}
		r.ModeReason += reason
	}
}

// skip leaves out references to Postman; a run that has nothing else is skipped.
func (r *Run) skip(needs func(*Importer) bool) {
	r.Skipped = true
	for n := range r.Importers {
		i := &r.Importers[n]
		i.Skipped = i.OfPostman() && needs(i)
		r.Skipped = r.Skipped && i.Skipped
	}
}

// unsaid reports whether somebody off GitHub said nothing at all. Credentials may
// stand in an environment for good, and ask for nothing.
func unsaid(getenv func(string) string, inputs []Input) bool {
	return getenv("GITHUB_ACTIONS") != "true" && !slices.ContainsFunc(inputs, func(in Input) bool { return trim(getenv(in.Variable())) != "" })
}

// parser holds the raw inputs while they become a Run.
type parser struct {
	getenv   func(string) string
	rows     []Input // of the table, in its order
	inputs   map[string]Input
	flags    map[string][]string
	trigger  circumstances
	space    *workspace
	secrets  []string // values that no text may show
	run      *Run
	problems []Problem
	ofFile   int      // problems of the manifest
	meant    []string // inputs whose flag was mistyped
}

// parse fills the Run, one group of inputs after the other.
func (p *parser) parse() {
	p.origin()
	p.mode()
	p.postman()
	p.microcks()
	p.keycloak()
	p.run.Microcks.Headers = p.headers()
	p.secret()
	p.judging()
	p.pull()
	p.limits()
	p.importers()
	p.refuseEvent()
	p.warnings()
}

// text is an input's value, trimmed, with its default; "" when there is none.
func (p *parser) text(name string) string {
	if value := p.given(name); value != "" {
		return value
	}
	return p.inputs[name].Default
}

// given is an input's value as it was given, trimmed: by flag, as the runner
// hands it over, or for a credential by its plain variable.
func (p *parser) given(name string) string {
	in := p.inputs[name]
	value, ok := "", false
	if values, given := p.flags[name]; given {
		value, ok = strings.Join(values, "\n"), true
	}
	for _, variable := range []string{in.Variable(), in.Env} {
		if !ok && variable != "" {
			value = p.getenv(variable)
			ok = trim(value) != ""
		}
	}
	if !in.ownText() {
		value = visible(value)
	}
	return trim(value)
}

// secretsInEnvironment collects the values that no text may show, before any text
// is made. A credential that is set in both of its variables counts twice: the
// value that is not used is a credential, too.
func secretsInEnvironment(getenv func(string) string, inputs []Input) []string {
	var secrets []string
	for _, in := range inputs {
		if in.Kind != KindSecret {
			continue
		}
		for _, name := range []string{in.Variable(), in.Env} {
			value := trim(getenv(name))
			if value == "" {
				continue
			}
			secrets = append(secrets, value)
			for _, line := range linesOf(value) { // of a key, or of headers
				_, after, _ := strings.Cut(line, ":")
				for _, part := range []string{line, strings.TrimSpace(after)} {
					if part != value && text.Hideable(part) && !strings.HasPrefix(part, "-----") {
						secrets = append(secrets, part)
					}
				}
			}
		}
	}
	return secrets
}

// gatherStrays adds credentials that were put where none belongs: by a refused
// flag, or found by their form.
func (p *parser) gatherStrays(inputs []Input) {
	for _, in := range inputs {
		if in.Kind == KindSecret {
			continue
		}
		for _, key := range text.PostmanKeysIn(p.given(in.Name)) {
			if len(key) > len("PMAK-")+8 {
				p.run.Strays = append(p.run.Strays, Secret(key))
			}
		}
	}
	for _, stray := range p.run.Strays {
		p.secrets = append(p.secrets, stray.Reveal())
	}
}

// proxyPasswords are the credentials in the addresses of proxies, as they are
// written and as a proxy reads them. A user without a password is a token.
func proxyPasswords(getenv func(string) string) []Secret {
	var all []Secret
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
		_, address, schemed := strings.Cut(getenv(name), "://")
		if !schemed {
			address = getenv(name)
		}
		end := strings.LastIndexByte(address, '@')
		if end < 0 {
			continue
		}
		user, password, has := strings.Cut(address[:end], ":")
		if !has {
			password = user
		}
		all = append(all, Secret(password))
		if read, err := url.PathUnescape(password); err == nil && read != password {
			all = append(all, Secret(read))
		}
	}
	return all
}

// report adds a problem. What it does not say, the table of inputs does: what the
// input takes, and an example as the next step.
func (p *parser) report(problem Problem) {
	if problem.Takes == "" && problem.File == "" {
		problem.Takes = p.inputs[problem.Input].takes()
	}
	if problem.File != "" {
		switch p.ofFile++; {
		case p.ofFile == manifest.MostProblems:
			problem = Problem{
				Input: problem.Input, File: problem.File, Fault: "there may be more problems, which are not listed",
				Hint: "correct those that are, and run again",
			}
		case p.ofFile > manifest.MostProblems:
			return
		}
	}
	if problem.Hint == "" {
		problem.Hint = "write it for example as " + p.example(problem.Input)
	}
	p.problems = append(p.problems, problem)
}

// complained reports whether a problem about the input is known.
func (p *parser) complained(name string) bool {
	return slices.ContainsFunc(p.problems, func(earlier Problem) bool { return earlier.Input == name })
}

// invalid reports the value of an input that has a form of its own, with the next
// step; "" is an example.
func (p *parser) invalid(name, value, hint string) {
	p.report(Problem{Input: name, Got: quoted(p.shown(value)), Fault: oddCharacterIn(value), Hint: hint})
}

// shown makes a value fit to be seen.
func (p *parser) shown(value string) string { return shown(value, p.secrets, shownValue) }

// example is how an input is written where this run's inputs were written.
func (p *parser) example(name string) string {
	in := p.inputs[name]
	if p.trigger.onGitHub {
		return in.asYAML()
	}
	return in.asFlag()
}

// setting is how one input with one value is written.
func (p *parser) setting(name, value string) string {
	if p.trigger.onGitHub {
		return name + ": " + value
	}
	return "--" + name + "=" + value
}

// once reports whether an input with one value was given once at most. A flag
// that was given again is a problem.
func (p *parser) once(name string) bool {
	if len(p.flags[name]) < 2 {
		return true
	}
	p.report(Problem{
		Input: name, Got: fmt.Sprintf("the flag --%s more than once", name),
		Takes: "one value", Hint: "keep one of them, for example " + p.example(name),
	})
	return false
}

// boolean reads a boolean; nil when it was not given and has no default.
func (p *parser) boolean(name string) *bool {
	value := p.text(name)
	if !p.once(name) || value == "" {
		return nil
	}
	b, err := parseBool(value)
	if err != nil {
		p.invalid(name, value, p.booleanHint(name, value))
		return nil
	}
	return &b
}

// booleanHint names the boolean that another word most likely means.
func (p *parser) booleanHint(name, value string) string {
	switch strings.ToLower(value) {
	case "true", "yes", "y", "on", "1":
		return "write it as " + p.setting(name, "true")
	case "false", "no", "n", "off", "0":
		return "write it as " + p.setting(name, "false")
	}
	return fmt.Sprintf("write it as %s or %s", p.setting(name, "true"), p.setting(name, "false"))
}

// choice reads one of an input's allowed values; its default when it was wrong.
func (p *parser) choice(name string) string {
	in, value := p.inputs[name], p.text(name)
	if !p.once(name) {
		return in.Default
	}
	if slices.Contains(in.Allowed, value) {
		return value
	}
	hint := ""
	if near, ok := text.Nearest(value, in.Allowed); ok {
		hint = fmt.Sprintf("did you mean %s?", p.setting(name, near))
	}
	p.invalid(name, value, hint)
	return in.Default
}

// choices reads lines of an input's allowed values; those that are wrong are left
// out.
func (p *parser) choices(name string) []string {
	in := p.inputs[name]
	var chosen []string
	for _, word := range p.words(name) {
		switch {
		case !slices.Contains(in.Allowed, word):
			hint := ""
			if near, ok := text.Nearest(word, in.Allowed); ok {
				hint = fmt.Sprintf("did you mean %s?", p.setting(name, near))
			} else if name == "fail-on" && word == "error" {
				hint = "leave it out: errors always fail"
			}
			p.invalid(name, word, hint)
		case !slices.Contains(chosen, word):
			chosen = append(chosen, word)
		}
	}
	return chosen
}

// words are the values of a list of choices, as they were given.
func (p *parser) words(name string) []string {
	var words []string
	for _, e := range p.list(name) {
		words = append(words, e.words()...)
	}
	return words
}

// duration reads a duration; 0 when it was not given and has no default.
func (p *parser) duration(name string) time.Duration {
	value := p.text(name)
	if !p.once(name) || value == "" {
		return 0
	}
	d, err := parseDuration(value)
	switch {
	case errors.Is(err, errNoUnit):
		p.invalid(name, value, "add the unit: s for seconds, m for minutes, h for hours, for example "+p.example(name))
	case err != nil:
		p.invalid(name, value, "")
	}
	return d
}

// number reads a whole number.
func (p *parser) number(name string) int {
	in, value := p.inputs[name], p.text(name)
	if !p.once(name) {
		return 0
	}
	n, err := parseInt(value, in.Min, in.Max)
	if err != nil {
		p.invalid(name, value, "")
	}
	return n
}

// line reads text of one line; "" when it was not given.
func (p *parser) line(name string) string {
	value := p.given(name)
	if !p.once(name) || value == "" {
		return ""
	}
	if hasControl(value) || utf8.RuneCountInString(value) > longestName {
		p.invalid(name, value, "")
		return ""
	}
	return value
}

// list reads the values of a list. A repeated flag adds lines.
func (p *parser) list(name string) []entry { return parseList(p.given(name)) }

// credential reads a secret from the environment.
func (p *parser) credential(name string) Secret {
	value := p.given(name)
	switch {
	case strings.ContainsAny(value, " \t") || hasControl(value):
		p.report(Problem{
			Input: name, Got: "a value that holds white space or an invisible character (not shown)",
			Hint: "save the credential again without quotes, spaces and line breaks around it",
		})
	case len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0]:
		p.report(Problem{
			Input: name, Got: "a value within quotes (not shown)", Hint: "save the credential again without the quotes",
		})
	}
	return Secret(value)
}

// address reads a URL.
func (p *parser) address(name string, parse func(string) (*url.URL, fault)) *url.URL {
	value := p.given(name)
	if !p.once(name) || value == "" {
		return nil
	}
	u, wrong := parse(value)
	if wrong == "" {
		return u
	}
	problem := Problem{Input: name, Got: quoted(shownAddress(value, p.secrets, shownValue)), Fault: wrong}
	if variable.MatchString(value) {
		problem.Fault, problem.Hint = unfilled, p.fillHint(value)
	} else if odd := oddCharacterIn(value); odd != "" {
		problem.Fault = odd
	} else if meant, ok := withScheme(value, parse); ok {
		problem.Hint = "write it as " + p.setting(name, shownAddress(meant, p.secrets, shownValue))
	}
	p.report(problem)
	return nil
}

// missing reports an input that the mode needs.
func (p *parser) missing(name string) {
	p.missingFor(name, fmt.Sprintf("mode %s", p.run.Mode))
}

// missingFor reports an input that something else needs.
func (p *parser) missingFor(name, need string) {
	if p.complained(name) || slices.Contains(p.meant, name) {
		return // it was given, and in the wrong way
	}
	if p.run.Closes() {
		return
	}
	in := p.inputs[name]
	takes := in.takes()
	if p.run.Mode != "" {
		takes = fmt.Sprintf("%s (%s needs it)", takes, need)
	}
	p.report(Problem{Input: name, Takes: takes, Hint: p.missingHint(in), withheld: p.trigger.withheld() != ""})
}

// missingHint is how to give what is missing, or why it cannot be there.
func (p *parser) missingHint(in Input) string {
	withheld := p.trigger.withheld()
	switch {
	case withheld != "" && in.FromEnvironmentOnly():
		return "use mode check on exported files, which needs no secret: " + withheld.Reason()
	case withheld != "":
		return "if it comes from a secret, use mode check on exported files, which needs none: " + withheld.Reason()
	case p.trigger.onGitHub && in.FromEnvironmentOnly():
		return fmt.Sprintf("pass it to the step as %s, and see that the secret exists: one that does not arrives empty", in.asYAML())
	case in.FromEnvironmentOnly():
		return "set the environment variable " + in.Env
	case p.trigger.onGitHub:
		return fmt.Sprintf("pass it to the step, for example %s, and see that a variable or secret in it exists:"+
			" one that does not arrives empty", in.asYAML())
	}
	return "give it as a flag, for example " + in.asFlag()
}
