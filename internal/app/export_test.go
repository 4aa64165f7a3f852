package app

import (
	"context"
	"io"
	"net/http"

	"postman-microcks-importer/internal/transport"
)

// MainOver is Main over another network, such as one in virtual time, and with
// answers of at most limit bytes.
func MainOver(ctx context.Context, network http.RoundTripper, limit int64, args []string, getenv func(string) string, stdout io.Writer) int {
	return run(ctx, args, getenv, stdout, func(o *transport.Options) { o.Base, o.BodyLimit = network, limit })
}
