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
	"maps"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
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
	w := world.New()
	defer w.Close()
	w.StartPostman(postman.Options{})
	uids, err := serve(w.Postman, version, files)
	if err != nil {
		return err
	}
	if microcksURL == "" {
		w.StartMicrocks(microcks.Options{})
	} else {
		microcksURL, err = origin(microcksURL)
		if err == nil {
			err = w.UseMicrocks(microcksURL)
		}
		if err != nil {
			return err
		}
		out = &renaming{out, w.MicrocksURL, microcksURL}
	}
	env := w.Environment()
	maps.Copy(env, map[string]string{"INPUT_MODE": "apply", "INPUT_COLLECTIONS": strings.Join(uids, "\n"), "INPUT_VERIFY": "mocks"})
	for run := 1; run <= 2; run++ {
		w.Forget()
		began := time.Now()
		fmt.Fprintf(out, "\n━━━ run %d ━━━\n", run)
		code := w.Run(ctx, out, env)
		wrote := len(w.Writes())
		fmt.Fprintf(out, "\nrun %d: exit code %d, %d write requests, %s\n", run, code, wrote, time.Since(began).Round(time.Millisecond))
		if code != 0 {
			return fmt.Errorf("run %d ended with exit code %d", run, code)
		}
		if run == 2 && wrote > 0 {
			return fmt.Errorf("the second run wrote %d times, although nothing had changed", wrote)
		}
	}
	if microcksURL != "" {
		fmt.Fprintf(out, "\nThe mocks stay at %s. The importers refer to this demo, which ends here: "+
			"delete them, and the secret of %s, when you are done.\n", microcksURL, w.Repository)
	}
	return nil
}

// origin is that of a Microcks on this machine: the demo writes to no other.
func origin(target string) (string, error) {
	address, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(address.Hostname()); address.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("%s: the demo writes to a Microcks on this machine only", target)
	}
	return address.Scheme + "://" + address.Host, nil
}

// renaming writes the address of Microcks where that of the proxy before it,
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

// serve puts the collections into the Postman API, and returns their uids.
func serve(source *postman.Server, version string, files []string) ([]string, error) {
	exports := map[string][]byte{"harbour": harbour}
	order := []string{"harbour"}
	if len(files) > 0 {
		exports, order = map[string][]byte{}, files
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		exports[name] = raw
	}
	var uids []string
	for _, name := range order {
		raw := exports[name]
		if version != "" {
			versioned, err := postman.WithVersion(raw, version)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			raw = versioned
		}
		uid := uidOf(raw)
		if err := source.AddCollection(uid, raw); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		uids = append(uids, uid)
	}
	return uids, nil
}

// uidOf makes up the uid of a collection: the same one whenever the same file is
// shown.
func uidOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	hex := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("%s-%s-%s-%s-%s-%s", owner, hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:])
}
