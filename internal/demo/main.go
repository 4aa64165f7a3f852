// Command demo shows the whole job: it serves collections through a stand-in
// for the Postman API and imports them twice, as two steps of a workflow would.
//
//	go run ./internal/demo                                      on a stand-in for Microcks
//	go run ./internal/demo -microcks-url URL [-version V] FILE… on a real one, with exported collections
package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

//go:embed harbour.postman_collection.json
var harbour []byte

// owner is the Postman account that all collections of the demo belong to.
const owner = postman.DefaultUserID

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := flag.String("microcks-url", "", "a running Microcks; empty: a stand-in")
	version := flag.String("version", "", "put version=`V` into descriptions that name none")
	flag.Parse()
	if err := show(ctx, os.Stdout, *server, *version, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// show runs the job twice and fails unless the second run writes nothing.
func show(ctx context.Context, out io.Writer, microcksURL, version string, files []string) error {
	source, uids, err := serve(version, files)
	if err != nil {
		return err
	}
	postmanAPI := httptest.NewServer(source)
	defer postmanAPI.Close()
	lasting := microcksURL != ""
	if !lasting {
		standIn := httptest.NewServer(microcks.New(microcks.Options{}))
		defer standIn.Close()
		microcksURL = standIn.URL
	}
	counted, err := count(microcksURL)
	if err != nil {
		return err
	}
	defer counted.Close()

	env := map[string]string{
		"POSTMAN_API_KEY":       postman.DefaultAPIKey,
		"INPUT_MODE":            "apply",
		"INPUT_COLLECTION":      strings.Join(uids, "\n"),
		"INPUT_POSTMAN-API-URL": postmanAPI.URL,
		"INPUT_MICROCKS-URL":    counted.URL,
		"INPUT_VERIFY":          "mocks",
		"GITHUB_REPOSITORY":     "harbour/api",
	}
	out = &renaming{out, counted.URL, counted.behind}
	for run := 1; run <= 2; run++ {
		before := counted.writes.Load()
		began := time.Now()
		fmt.Fprintf(out, "\n━━━ run %d ━━━\n", run)
		code := (&app.Command{Getenv: func(name string) string { return env[name] }, Stdout: out}).Main(ctx, nil)
		wrote := counted.writes.Load() - before
		fmt.Fprintf(out, "\nrun %d: exit code %d, %d write requests, %s\n", run, code, wrote, time.Since(began).Round(time.Millisecond))
		if code != 0 {
			return fmt.Errorf("run %d ended with exit code %d", run, code)
		}
		if run == 2 && wrote > 0 {
			return fmt.Errorf("the second run wrote %d times, although nothing had changed", wrote)
		}
	}
	if lasting {
		fmt.Fprintf(out, "\nThe mocks stay at %s. The importers refer to this demo, which ends here: delete them, and the secret of harbour/api, when you are done.\n", counted.behind)
	}
	return nil
}

// renaming writes the address of Microcks where that of the counter before it,
// which ends with the demo, is told.
type renaming struct {
	out      io.Writer
	from, to string
}

func (r *renaming) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.out, strings.ReplaceAll(string(p), r.from, r.to)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// serve puts the collections into a stand-in for the Postman API.
func serve(version string, files []string) (*postman.Server, []string, error) {
	exports := map[string][]byte{"harbour": harbour}
	order := []string{"harbour"}
	if len(files) > 0 {
		exports, order = map[string][]byte{}, files
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		exports[name] = raw
	}
	source := postman.New(postman.Options{})
	var uids []string
	for _, name := range order {
		raw := exports[name]
		if version != "" {
			versioned, err := postman.WithVersion(raw, version)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", name, err)
			}
			raw = versioned
		}
		uid := uidOf(raw)
		if err := source.AddCollection(uid, raw); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		uids = append(uids, uid)
	}
	return source, uids, nil
}

// uidOf makes up the uid of a collection: the same one whenever the same file is
// shown.
func uidOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	hex := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("%s-%s-%s-%s-%s-%s", owner, hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:])
}

// counter is a server in front of Microcks that counts writes.
type counter struct {
	*httptest.Server
	behind string // the origin of Microcks
	writes atomic.Int64
}

func count(target string) (*counter, error) {
	address, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(address.Hostname()); address.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s: the demo writes to a Microcks on this machine only", target)
	}
	c := &counter{behind: address.Scheme + "://" + address.Host}
	proxy := httputil.NewSingleHostReverseProxy(address)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && strings.HasPrefix(r.URL.Path, "/api/") {
			c.writes.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	return c, nil
}
