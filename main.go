// Command postman-microcks-importer brings Postman collections into Microcks:
// as a GitHub Action, or by hand.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"postman-microcks-importer/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	command := app.Command{Getenv: os.Getenv, Stdout: os.Stdout}
	code := command.Main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
