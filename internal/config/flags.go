package config

import (
	"strconv"
	"strings"
)

// flags is what the arguments say, before any value is looked at.
type flags struct {
	values   map[string][]string // by input name, in the order given
	help     bool
	version  bool
	problems []Problem
	strays   []Secret // credentials that came by a flag
}

// readFlags takes --name=value, --name value and, for booleans, a bare --name.
// The value of a flag that is unknown or refused is never repeated: it may be a
// credential.
func readFlags(args []string, inputs []Input) flags {
	f := flags{values: map[string][]string{}}
	byName := make(map[string]Input, len(inputs))
	for _, in := range inputs {
		byName[in.Name] = in
	}
	for n := 0; n < len(args); n++ {
		arg := args[n]
		if !strings.HasPrefix(arg, "-") {
			f.problems = append(f.problems, strayArgument(arg, n+1))
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		// A value may stand in the next argument. One that looks like a flag is
		// never taken for a value: that is what --name=value is for.
		next := func() (string, bool) {
			if hasValue || n+1 >= len(args) || strings.HasPrefix(args[n+1], "-") {
				return value, hasValue
			}
			n++
			return args[n], true
		}
		if !hasValue && (arg == "--help" || arg == "-h") {
			f.help = true
			continue
		}
		if !hasValue && arg == "--version" {
			f.version = true
			continue
		}
		in, known := byName[name]
		if !known || !strings.HasPrefix(arg, "--"+name) {
			next()
			f.problems = append(f.problems, unknownFlag(arg, name, inputs))
			continue
		}
		value, given := next()
		switch {
		case in.FromEnvironmentOnly():
			if in.Kind == KindSecret {
				f.strays = append(f.strays, Secret(strings.TrimSpace(value)))
			}
			f.problems = append(f.problems, Problem{
				Input: in.Name,
				Got:   "a flag, whose value is not used and not shown",
				Takes: "its value from the environment only: other processes can read a flag, and the shell keeps it",
				Hint:  "Set the environment variable " + in.Env + " instead of the flag --" + in.Name + ".",
			})
		case !given && in.Kind == KindBool:
			f.values[name] = append(f.values[name], "true")
		case !given:
			f.problems = append(f.problems, Problem{
				Input: in.Name,
				Got:   "the flag --" + in.Name + " without a value",
				Takes: in.takes(),
				Hint:  "Write it as one argument, for example " + in.asFlag() + ".",
			})
		default:
			f.values[name] = append(f.values[name], value)
		}
	}
	return f
}

// strayArgument is the problem of an argument that belongs to no flag. It is
// not repeated unless it is the name of a mode.
func strayArgument(arg string, position int) Problem {
	p := Problem{
		Input: "argument " + strconv.Itoa(position),
		Got:   "something that belongs to no flag",
		Takes: "flags only, such as --name=value",
		Hint:  "Write every input as --name=value, with quotes around a value that holds spaces; --help lists them.",
	}
	for _, mode := range []Mode{ModeAuto, ModeApply, ModePlan, ModeCheck, ModeRemove} {
		if arg == string(mode) {
			p.Got = quoted(arg)
			p.Hint = "The mode is a flag too: write --mode=" + arg + "."
		}
	}
	return p
}

// unknownFlag is the problem of a flag that no input has, with the nearest one.
func unknownFlag(arg, name string, inputs []Input) Problem {
	dashes := arg[:len(arg)-len(strings.TrimLeft(arg, "-"))]
	p := Problem{
		Input: shown(dashes+name, nil, 40),
		Got:   "a flag that does not exist",
		Takes: "the inputs by name, such as --mode=plan",
		Hint:  "Run with --help for the list of flags.",
	}
	normal := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	names := make([]string, 0, len(inputs)+2)
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	names = append(names, "help", "version")
	near, ok := nearest(normal, names)
	if !ok {
		return p
	}
	p.Hint = "Did you mean --" + near + "? Run with --help for the list of flags."
	for _, in := range inputs {
		if in.Name == near && in.FromEnvironmentOnly() {
			p.Hint = "If you mean " + near + ": it is a credential, so set the environment variable " + in.Env + " instead."
		}
	}
	return p
}
