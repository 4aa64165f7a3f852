// Command burden measures what collections that are made to be slow or large
// cost: each kind and size in a process of its own, with two processors. It fails
// when one takes longer than 5 seconds or more than 600 MB.
//
// With -collections a process is a whole run in mode check over as many collections
// of a kind, report and all. Its bound of time grows with their number, that of
// memory does not.
//
//	go run ./internal/test/burden [-sizes 65536,1048576] [-only NAME] [-collections 500]
//
// With -ends it ends runs that meet such collections of 15 MB, one or 8 of them, and
// servers that do not answer as they should, by the clock and by SIGTERM. It fails
// when one ends more than a second late (2.5 s where a write is under way), or does
// not tell what it did. All kinds take about 5 minutes, -few of them one.
//
//	go run ./internal/test/burden -ends 2s [-few] [-only NAME]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
)

// Bounds of every kind and size.
const (
	mostSeconds = 5.0 // of one collection
	mostMB      = 600.0
	patience    = 10 * time.Minute
)

var profile = flag.String("profile", "", "file for a profile")

func main() {
	sizes := flag.String("sizes", "4096,262144,4194304,15728640", "sizes in bytes")
	only := flag.String("only", "", "kinds whose name holds this")
	timeout := flag.Duration("ends", 0, "end runs after this time, and by SIGTERM")
	few := flag.Bool("few", false, "end runs on a few kinds only")
	one := flag.String("one", "", "measure this kind, in this process")
	count := flag.Int("collections", 0, "of one run in mode check; 0: one is judged, and no run is made")
	flag.Parse()
	if *one != "" {
		size, _ := strconv.Atoi(*sizes)
		for _, k := range kinds {
			switch {
			case k.name != *one:
			case *count > 0:
				run(k, size, *count)
			default:
				judge(k, size)
			}
		}
		return
	}
	if *timeout > 0 {
		if !endsOf(chosen(*only, *few), *timeout) {
			os.Exit(1)
		}
		return
	}
	failed := false
	fmt.Printf("%-30s %9s %8s %8s\n", "kind", "bytes", "seconds", "MB")
	for _, k := range chosen(*only, false) {
		for size := range strings.SplitSeq(*sizes, ",") {
			if !measure(k, size, *count) {
				failed = true
			}
		}
	}
	if failed {
		fmt.Printf("beyond %v s or %v MB\n", mostSeconds, mostMB)
		os.Exit(1)
	}
}

// fewKinds are those that ended latest, each in another stage, and the honest ones.
var fewKinds = []string{"nested quantifiers", "colons", "repeated member", "honest"}

// chosen are the kinds whose name holds a text, all or a few of them.
func chosen(only string, few bool) (all []kind) {
	for _, k := range kinds {
		if strings.Contains(k.name, only) && (!few || slices.Contains(fewKinds, k.name)) {
			all = append(all, k)
		}
	}
	return all
}

// measure runs one kind and size and reports whether it stays within the bounds. What
// takes too long is run again, at most twice: what else a machine does only adds to it.
func measure(k kind, size string, collections int) bool {
	for range 2 {
		if within, slow := measureOnce(k, size, collections); within || !slow {
			return within
		}
	}
	within, _ := measureOnce(k, size, collections)
	return within
}

// measureOnce runs one kind and size in a process of its own. Slow is what ends, and
// takes too long.
func measureOnce(k kind, size string, collections int) (within, slow bool) {
	most := mostSeconds * float64(max(1, collections))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.CommandContext(ctx, self, "-one", k.name, "-sizes", size, "-collections", strconv.Itoa(collections), "-profile", *profile)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	out, err := cmd.CombinedOutput()
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	mb := float64(usage.Maxrss) / 1000
	seconds, rest, _ := strings.Cut(string(out), "\n")
	took, parsed := strconv.ParseFloat(seconds, 64)
	// Where other processes share the processors, the clock says too much.
	took = min(took, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	verdict := ""
	if parsed != nil {
		took = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		verdict = "does not end"
		if ctx.Err() == nil {
			verdict, _, _ = strings.Cut(string(out), "\n")
		}
	} else if err != nil || took > most || mb > mostMB {
		verdict = "TOO MUCH"
	}
	fmt.Printf("%-30s %9s %8.2f %8.0f %s %s\n", k.name, size, took, mb, verdict, strings.TrimSpace(rest))
	return verdict == "", parsed == nil && err == nil && mb <= mostMB
}

// mostMemory is the soft limit of the program itself.
const mostMemory = 360 << 20

// run checks many collections, and prints the seconds.
func run(k kind, size, count int) {
	folder, err := os.MkdirTemp("", "burden")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	files := written(folder, []byte(k.make(size)), count)
	runtime.GC()
	debug.FreeOSMemory()
	debug.SetMemoryLimit(mostMemory)
	// The file is what a credential of the run would be searched in.
	env := map[string]string{
		"INPUT_MODE": "check", "INPUT_COLLECTIONS": strings.Join(files, "\n"), "INPUT_MICROCKS-VERSION": k.version,
		"INPUT_POSTMAN-API-KEY": "PMAK-5ca1ab1e0ddba11c0ffee123-4b6f6e747261737465726e", "INPUT_TIMEOUT": "1h",
		"GITHUB_OUTPUT": filepath.Join(folder, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(folder, "summary"),
	}
	profiled(func() {
		began := time.Now()
		command := app.Command{Getenv: func(name string) string { return env[name] }, Stdout: io.Discard}
		code := command.Main(context.Background(), nil)
		fmt.Println(time.Since(began).Seconds())
		fmt.Println("exit code", code)
	})
}

// written are as many files of one content.
func written(folder string, raw []byte, count int) (files []string) {
	for i := range count {
		files = append(files, filepath.Join(folder, fmt.Sprintf("%d.json", i)))
		if err := os.WriteFile(files[i], raw, 0o600); err != nil {
			panic(err)
		}
	}
	return files
}

// profiled does something, and profiles it where that is asked for.
func profiled(do func()) {
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	do()
}

// judge does what a run does with a collection, and prints the seconds.
func judge(k kind, size int) {
	raw := []byte(k.make(size))
	runtime.GC()
	debug.SetMemoryLimit(mostMemory)
	profiled(func() { judged(k, raw) })
}

func judged(k kind, raw []byte) {
	began := time.Now()
	m := budget.New(context.Background())
	document := predict.ReadWithin(m, raw, predict.Options{Version: k.version})
	target := predict.Target{Main: true, URL: "https://api.getpostman.com/collections/1-a"}
	im := document.ImportWithin(m, target)
	findings := lint.CheckWithin(m, im, lint.MostOfAll)
	work, memory := m.Used()
	now, undigested := im.Service.Digest(budget.New(context.Background()))
	target.Existing = now
	m = budget.New(context.Background())
	outcome, count := im.Outcome, len(findings)
	im = nil // as a run lets go of it
	again := document.ImportWithin(m, target)
	findings = lint.CheckWithin(m, again, lint.MostOfAll)
	later, alsoUndigested := again.Service.Digest(budget.New(context.Background()))
	compared := predict.Diff(budget.New(context.Background()), now, later)
	fmt.Println(time.Since(began).Seconds())
	fmt.Println(outcome, again.Outcome, count+len(findings), "findings", len(compared.Changes), "changes",
		errors.Join(undigested, alsoUndigested, compared.Err), work/1e6, "M units", memory>>20, "MB")
}
