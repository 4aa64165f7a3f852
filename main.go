// Command postman-microcks-importer brings Postman collections into Microcks:
// as a GitHub Action, or by hand.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/rights"
)

// mostMemory is what the garbage collector keeps the program within, in bytes, as
// long as what is in use allows it: runners are small, and other steps need memory,
// too.
const mostMemory = 360 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(mostMemory)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)   // a second signal ends the program at once
	signal.Ignore(syscall.SIGPIPE) // who closes the output ends no run half-way
	command := app.Command{
		Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr, GiveUpRoot: func() { rights.GiveUp(os.Getenv) },
	}
	code := command.Main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
