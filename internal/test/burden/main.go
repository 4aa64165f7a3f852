// Command hostile measures what collections that are made to be slow or large
// cost: each kind and size in a process of its own, with two processors. It fails
// when one takes longer than 5 seconds or more than 600 MB.
//
//	go run ./internal/test/burden [-sizes 65536,1048576] [-only NAME]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
)

// Bounds of every kind and size.
const (
	mostSeconds = 5.0
	mostMB      = 600.0
	patience    = 20 * time.Second
)

var profile = flag.String("profile", "", "file for a profile")

func main() {
	sizes := flag.String("sizes", "4096,262144,4194304,15728640", "sizes in bytes")
	only := flag.String("only", "", "kinds whose name holds this")
	one := flag.String("one", "", "measure this kind, in this process")
	flag.Parse()
	if *one != "" {
		size, _ := strconv.Atoi(*sizes)
		for _, k := range kinds {
			if k.name == *one {
				judge(k, size)
			}
		}
		return
	}
	failed := false
	fmt.Printf("%-30s %9s %8s %8s\n", "kind", "bytes", "seconds", "MB")
	for _, k := range kinds {
		if !strings.Contains(k.name, *only) {
			continue
		}
		for size := range strings.SplitSeq(*sizes, ",") {
			if !measure(k, size) {
				failed = true
			}
		}
	}
	if failed {
		fmt.Printf("beyond %v s or %v MB\n", mostSeconds, mostMB)
		os.Exit(1)
	}
}

// measure runs one kind and size in a process of its own and reports whether it
// stays within the bounds.
func measure(k kind, size string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.CommandContext(ctx, self, "-one", k.name, "-sizes", size)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	out, err := cmd.CombinedOutput()
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	mb := float64(usage.Maxrss) / 1000
	seconds, rest, _ := strings.Cut(string(out), "\n")
	took, parsed := strconv.ParseFloat(seconds, 64)
	verdict := ""
	if parsed != nil {
		took = patience.Seconds()
		verdict = "does not end"
		if ctx.Err() == nil {
			verdict, _, _ = strings.Cut(string(out), "\n")
		}
	} else if err != nil || took > mostSeconds || mb > mostMB {
		verdict = "TOO MUCH"
	}
	fmt.Printf("%-30s %9s %8.2f %8.0f %s %s\n", k.name, size, took, mb, verdict, strings.TrimSpace(rest))
	return verdict == ""
}

// mostMemory is the soft limit of the program itself.
const mostMemory = 448 << 20

// judge does what a run does with a collection, and prints the seconds.
func judge(k kind, size int) {
	raw := []byte(k.make(size))
	runtime.GC()
	debug.SetMemoryLimit(mostMemory)
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	began := time.Now()
	m := budget.New(context.Background())
	document := predict.ReadWithin(m, raw, predict.Options{Version: k.version})
	target := predict.Target{Main: true, URL: "https://api.getpostman.com/collections/1-a"}
	im := document.ImportWithin(m, target)
	findings := lint.CheckWithin(m, im)
	work, memory := m.Used()
	now, undigested := im.Service.Digest(budget.New(context.Background()))
	target.Existing = now
	m = budget.New(context.Background())
	outcome, count := im.Outcome, len(findings)
	im = nil // as a run lets go of it
	again := document.ImportWithin(m, target)
	findings = lint.CheckWithin(m, again)
	later, alsoUndigested := again.Service.Digest(budget.New(context.Background()))
	compared := predict.Diff(budget.New(context.Background()), now, later)
	fmt.Println(time.Since(began).Seconds())
	fmt.Println(outcome, again.Outcome, count+len(findings), "findings", len(compared.Changes), "changes",
		errors.Join(undigested, alsoUndigested, compared.Err), work/1e6, "M units", memory>>20, "MB")
}
