// Command conformance holds predictions against what real Microcks servers
// were seen to do.
//
//	conformance -version V -observed FILE.jsonl INPUT_DIR
//
// predicts every input that FILE names for a server of version V and compares
// everything that FILE records of it. It prints one line per disagreement and
// last "N agree, M disagree", and exits 1 when M is not zero.
//
//	conformance -record MICROCKS_URL INPUT_DIR
//
// imports every input of INPUT_DIR into a running server and prints what came
// of it, one JSON object a line, in the form that -observed reads. It deletes
// what it made, and touches nothing else. With -sequences it goes through the
// sequences of INPUT_DIR instead, several imports each.
//
// With -uploads either is about uploads: recording sends every input as this action would
// upload it, with a version for one that has none.
//
// With -mocks either is about what mocks answer: recording imports every input
// several times and calls its mocks, since each import chooses anew which of several
// examples answers; comparing counts the calls whose answer is predicted to be open
// as unknown.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(errs)
	version := flags.String("version", "", "server `version` to predict for")
	observed := flags.String("observed", "", "`file` of observations, one JSON object a line")
	record := flags.String("record", "", "`URL` of a Microcks server to observe")
	sequences := flags.Bool("sequences", false, "record sequences of imports")
	uploads := flags.Bool("uploads", false, "record uploads, or compare them")
	mocks := flags.Bool("mocks", false, "record calls of mocks, or compare them")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() != 1 || (*observed == "") == (*record == "") {
		flags.Usage()
		return 2
	}
	dir := flags.Arg(0)
	if *record != "" {
		recording := func() error { return recordAll(*record, dir, *uploads, out, errs) }
		if *sequences {
			recording = func() error { return recordSequences(*record, dir, out) }
		}
		if *mocks {
			recording = func() error { return recordMocks(*record, dir, out, errs) }
		}
		if err := recording(); err != nil {
			fmt.Fprintln(errs, "error:", err)
			return 20
		}
		return 0
	}
	var agree, disagree, unknown int
	var err error
	if *mocks {
		agree, disagree, unknown, err = compareMocks(*version, *observed, dir, out)
	} else {
		agree, disagree, err = compareAll(*version, *observed, dir, *uploads, out)
	}
	if err != nil {
		fmt.Fprintln(errs, "error:", err)
		return 2
	}
	fmt.Fprintf(out, "%d agree, %d disagree", agree, disagree)
	if *mocks {
		fmt.Fprintf(out, ", %d unknown", unknown)
	}
	fmt.Fprintln(out)
	if disagree > 0 {
		return 1
	}
	return 0
}
