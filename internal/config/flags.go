package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// flags is what the arguments say, before any value is looked at.
type flags struct {
	values   map[string][]string // by input name, in the order given
	help     bool
	version  bool
	problems []Problem
	strays   []Secret // credentials that came by a flag
	meant    []string // inputs that unknown flags most likely mean
}

// flagName is what an input's name may look like. A flag that looks otherwise
// is not repeated in a problem: it may be a credential, dashes and all.
var flagName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,39}$`)

// readFlags takes --name=value, --name value and, for booleans, a bare --name.
// The value of a flag that is unknown or refused is never repeated: it may be a
// credential. secrets are the credentials that are known already.
func readFlags(args []string, inputs []Input, secrets []string) flags {
	f := flags{values: map[string][]string{}}
	for n := 0; n < len(args); n++ {
		arg, position := args[n], n+1
		switch arg {
		case "help", "version":
			if n > 0 {
				break // what stands behind a flag is a value of it, or too much
			}
			fallthrough
		case "--help", "-help", "-h", "-?", "--version", "-version", "-v", "-V":
			f.help = f.help || strings.ContainsAny(arg, "h?")
			f.version = f.version || strings.ContainsAny(arg, "vV")
			continue
		}
		dashed, value, given := strings.Cut(arg, "=")
		if given && (dashed == "--help" || dashed == "--version") {
			f.help = f.help || dashed == "--help"
			f.version = f.version || dashed == "--version"
			continue
		}
		// A value may stand in the next argument. One that looks like a flag is
		// never taken for a value: that is what --name=value is for.
		if strings.HasPrefix(arg, "-") && !given && n+1 < len(args) && !strings.HasPrefix(args[n+1], "-") {
			n++
			value, given = args[n], true
		}
		i := slices.IndexFunc(inputs, func(in Input) bool { return dashed == "--"+in.Name })
		switch {
		case !strings.HasPrefix(arg, "-") && isCollection(arg):
			f.values["collections"] = append(f.values["collections"], arg) // a shell makes several arguments of a pattern
		case !strings.HasPrefix(arg, "-"):
			f.problems = append(f.problems, strayArgument(arg, position))
		case i < 0:
			problem, meant := unknownFlag(dashed, position, inputs, secrets)
			f.problems = append(f.problems, problem)
			f.meant = append(f.meant, meant)
		default:
			f.take(inputs[i], value, given)
		}
	}
	return f
}

// take keeps the value of a known flag, or reports what is wrong with it.
func (f *flags) take(in Input, value string, given bool) {
	switch {
	case in.FromEnvironmentOnly():
		if in.Kind == KindSecret {
			f.strays = append(f.strays, Secret(strings.TrimSpace(value)))
		}
		f.problems = append(f.problems, Problem{
			Input: in.Name,
			Got:   "a flag, whose value is not used and not shown",
			Takes: "its value from the environment only: other processes can read a flag, and the shell keeps it",
			Hint:  fmt.Sprintf("set the environment variable %s instead of the flag --%s", in.Env, in.Name),
		})
	case given:
		f.values[in.Name] = append(f.values[in.Name], value)
	case in.Kind == KindBool:
		f.values[in.Name] = append(f.values[in.Name], "true")
	default:
		f.problems = append(f.problems, Problem{
			Input: in.Name,
			Got:   fmt.Sprintf("the flag --%s without a value", in.Name),
			Takes: in.takes(),
			Hint:  "write it as one argument, for example " + in.asFlag(),
		})
	}
}

// strayArgument is the problem of an argument that belongs to no flag. It is
// not repeated unless it is the name of a mode.
func strayArgument(arg string, position int) Problem {
	p := Problem{
		Input: fmt.Sprintf("argument %d", position),
		Got:   "something that belongs to no flag",
		Takes: "flags such as --name=value, and collections: references to Postman or files",
		Hint:  "write every input as --name=value, with quotes around a value that holds spaces; --help lists them",
	}
	for _, mode := range []Mode{ModeAuto, ModeApply, ModePlan, ModeCheck, ModeRemove, ModeExport} {
		if arg == string(mode) {
			p.Got = quoted(arg)
			p.Hint = "the mode is a flag too: write --mode=" + arg
		}
	}
	return p
}

// isCollection reports whether an argument can be nothing but a collection, going by
// its text alone.
func isCollection(arg string) bool {
	_, err := postman.ParseRef(arg)
	return err == nil || postman.MeansWorkspace(arg) || looksLikeFile(arg) || isPattern(arg)
}

// unknownFlag is the problem of a flag that no input has, with the nearest one,
// which is "" when none is near.
func unknownFlag(dashed string, position int, inputs []Input, secrets []string) (p Problem, near string) {
	p = Problem{
		Input: fmt.Sprintf("argument %d", position),
		Got:   "a flag that does not exist",
		Takes: "the inputs by name, such as --mode=plan",
		Hint:  "run with --help for the list of flags",
	}
	name := strings.TrimLeft(dashed, "-")
	if !flagName.MatchString(name) || holdsSecret(name, secrets) {
		return p, ""
	}
	p.Input = dashed[:min(3, len(dashed)-len(name))] + name
	names := make([]string, 0, len(inputs)+2)
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	near, ok := text.Nearest(strings.ReplaceAll(name, "_", "-"), append(names, "help", "version"))
	if !ok {
		return p, ""
	}
	p.Hint = fmt.Sprintf("did you mean --%s? Run with --help for the list of flags", near)
	for _, in := range inputs {
		if in.Name == near && in.FromEnvironmentOnly() {
			p.Hint = fmt.Sprintf("if you mean %s: it is a credential, so set the environment variable %s instead", near, in.Env)
		}
	}
	return p, near
}
