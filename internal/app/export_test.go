package app

import (
	"context"
	"io"
	"net/http"
)

// MainOver is Main over another network, such as one in virtual time.
func MainOver(ctx context.Context, network http.RoundTripper, args []string, getenv func(string) string, stdout io.Writer) int {
	return run(ctx, args, getenv, stdout, network)
}
