package scenarios

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"postman-microcks-importer/internal/test/world"

	"github.com/rogpeppe/go-internal/testscript"
)

// runWords are the words that run the program.
func runWords() map[string]command {
	return map[string]command{
		// exits CODE [FLAG…] runs the program, which must end with that code.
		"exits": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "exits CODE [FLAG...]")
			w := storyOf(ts)
			w.start(ts, "it", args[1:])
			w.finish(ts, "it", args[0])
		},
		// starts NAME [FLAG…] runs the program beside the scenario.
		"starts": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "starts NAME [FLAG...]")
			storyOf(ts).start(ts, args[0], args[1:])
		},
		// pipes NAME LINES [FLAG…] starts the program with its standard output a pipe, of
		// which head reads so many lines into the file head, and then goes.
		"pipes": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 2, "pipes NAME LINES [FLAG...]")
			most, err := strconv.Atoi(args[1])
			ts.Check(err)
			storyOf(ts).pipe(ts, args[0], most, args[2:])
		},
		// fills CODE [FLAG…] is exits with a standard output that takes nothing.
		"fills": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "fills CODE [FLAG...]")
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			ts.Check(err)
			defer full.Close()
			w := storyOf(ts)
			w.startTo(full, ts, "it", args[1:])
			w.finish(ts, "it", args[0])
		},
		// gone NAME waits until the reader of its pipe has gone.
		"gone": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 1, "gone NAME")
			r := storyOf(ts).run(args[0])
			need(ts, r != nil && r.gone != nil, "a program with a pipe")
			<-r.gone
		},
		// ends NAME CODE waits for a started program.
		"ends": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 2, "ends NAME CODE")
			storyOf(ts).finish(ts, args[0], args[1])
		},
		// signal NAME TERM|KILL|INT sends a signal to a started program.
		"signal": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 2, "signal NAME TERM|KILL|INT")
			signal := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL, "INT": syscall.SIGINT}[args[1]]
			need(ts, signal != 0, "a signal's name")
			r := storyOf(ts).run(args[0])
			need(ts, r != nil, "a program that was started")
			ts.Check(r.Signal(signal))
		},
	}
}

func need(ts *testscript.TestScript, ok bool, usage string) {
	if !ok {
		ts.Fatalf("wants %s", usage)
	}
}

// run is one run of the program.
type run struct {
	*world.Process
	onGitHub bool
	given    []string      // credentials that it got
	gone     chan struct{} // closed when the reader of its standard output has gone; nil without one
}

func (w *story) run(name string) *run {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running[name]
}

// start runs the program with the scenario's environment. Each run has its own
// files for outputs and summary, as each step of a job has.
func (w *story) start(ts *testscript.TestScript, name string, flags []string) {
	w.startTo(nil, ts, name, flags)
}

// pipe is start with a pipe, whose reader goes after some lines.
func (w *story) pipe(ts *testscript.TestScript, name string, most int, flags []string) {
	reader, writer, err := os.Pipe()
	ts.Check(err)
	gone := make(chan struct{})
	w.startTo(writer, ts, name, flags).gone = gone
	ts.Check(writer.Close())
	go func() {
		defer close(gone)
		defer reader.Close()
		var head strings.Builder
		for lines := bufio.NewReader(reader); most > 0; most-- {
			line, err := lines.ReadString('\n')
			if err != nil {
				break
			}
			head.WriteString(line)
		}
		w.write(ts, "head", w.plain(head.String()))
	}()
}

// startTo is start with a standard output of its own; nil is a file.
func (w *story) startTo(stdout *os.File, ts *testscript.TestScript, name string, flags []string) *run {
	w.markRequests()
	w.checkOut(ts)
	files, err := os.MkdirTemp(w.dir, ".run-")
	ts.Check(err)
	r := &run{onGitHub: ts.Getenv("GITHUB_ACTIONS") == "true", given: givenCredentials(ts)}
	w.mu.Lock()
	defer w.mu.Unlock()
	need(ts, w.running[name] == nil, "a name that no running program has")
	r.Process, err = world.StartTo(stdout, ts.Value(programKey{}).(string), w.dir, files, environment(ts), flags...)
	ts.Check(err)
	w.running[name] = r
	return r
}

// finish waits for a run, keeps what it said for the scenario, and compares its
// exit code, after what holds for every run.
func (w *story) finish(ts *testscript.TestScript, name, want string) {
	r := w.run(name)
	need(ts, r != nil, "a program that was started")
	got := strconv.Itoa(r.Wait())
	if got == "-1" {
		got = "killed"
	}
	w.mu.Lock()
	delete(w.running, name)
	w.mu.Unlock()
	log, err := r.Log()
	ts.Check(err)
	ts.Logf("[log of the run, exit code %s]\n%s", got, w.plain(log))
	w.keep(ts, r, log)
	if broken := w.judge(ts, r, log, got != "killed"); len(broken) > 0 {
		ts.Fatalf("what holds for every run is broken:\n%s", strings.Join(broken, "\n"))
	}
	if got != want {
		ts.Fatalf("exit code %s, want %s", got, want)
	}
}

var (
	durations  = regexp.MustCompile(` \((?:\d+(?:\.\d+)?(?:ms|s|m))+\)|(?m: · \d+(?:\.\d+)? m?s$)`)
	countedIDs = regexp.MustCompile(`66c0ffee0*([0-9a-f]+)`)
	toldLine   = regexp.MustCompile(`^(error|warning|note|hint|see|how far|interrupted|done|failed): `)
	annotation = regexp.MustCompile(`^::(error|warning|notice)[ :]`)
)

// keep writes what a run said into files of the scenario:
//
//	log          what it printed, standard error last
//	screen       standard output
//	told         the lines that tell problems and outcome, the summary's heading,
//	             and the outputs that count
//	annotations  what is shown beside the code
//	summary.md   the job summary
//	outputs      NAME=VALUE, without result
//	result.json  the output result
func (w *story) keep(ts *testscript.TestScript, r *run, log string) {
	w.write(ts, "log", w.plain(log))
	out, err := r.Stdout()
	ts.Check(err)
	w.write(ts, "screen", w.plain(out))
	told := lines(log, toldLine.MatchString)
	w.write(ts, "annotations", w.plain(lines(log, annotation.MatchString)))
	if !r.onGitHub {
		w.write(ts, "told", w.plain(told))
		return
	}
	summary, err := r.Summary()
	ts.Check(err)
	heading, _, _ := strings.Cut(summary, "\n")
	w.write(ts, "summary.md", w.plain(summary))
	outputs, err := r.Outputs()
	ts.Check(err)
	var text strings.Builder
	var counted []string
	for _, o := range outputs {
		if slices.Contains([]string{"status", "changed", "warnings", "errors"}, o.Name) {
			counted = append(counted, o.Name+"="+o.Value)
		}
		if o.Name == "result" {
			w.write(ts, "result.json", w.plain(o.Value)+"\n")
			continue
		}
		text.WriteString(o.Name + "=" + o.Value + "\n")
	}
	w.write(ts, "outputs", w.plain(text.String()))
	if len(counted) > 0 {
		told += "summary: " + strings.ReplaceAll(strings.TrimPrefix(heading, "### "), "\u200b", "") + "\n" +
			"outputs: " + strings.Join(counted, " ") + "\n"
	}
	w.write(ts, "told", w.plain(told))
}

func lines(text string, wanted func(string) bool) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if wanted(line) {
			kept.WriteString(strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	return kept.String()
}
