package world

import (
	"context"
	"io"
	"net/http"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/transport"
)

// mostBytes of an answer in memory: no more than tests need, since an endless
// one is read up to there.
const mostBytes = 1 << 20

// Run runs the program in this process and returns its exit code. Its
// environment is env and nothing else; out gets what it prints.
func (w *World) Run(ctx context.Context, out io.Writer, env map[string]string, args ...string) (code int) {
	return w.RunTo(ctx, out, nil, env, args...)
}

// RunTo is Run with a standard error of its own; nil is out.
func (w *World) RunTo(ctx context.Context, out, errs io.Writer, env map[string]string, args ...string) (code int) {
	command := app.Command{Getenv: func(name string) string { return env[name] }, Stdout: out, Stderr: errs}
	if w.network != nil {
		var base http.RoundTripper = w.network
		if w.Through != nil {
			base = w.Through(base)
		}
		command.Transport = func(o *transport.Options) { o.Base, o.BodyLimit = base, mostBytes }
	}
	return command.Main(ctx, args)
}
