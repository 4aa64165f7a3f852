// Command demo shows the whole job in a minute: a collection that Microcks takes without
// a word and does not mock, the plan that says why, the import that proves every mock,
// a second one that has nothing to do, and the same with a file of the repository, and with
// a folder in Postman's git format.
//
//	go run ./internal/demo                                      on a stand-in for Microcks
//	go run ./internal/demo -fleet 200                           so many collections, some with a flaw, twice
//	go run ./internal/demo -microcks-url URL [-version V] FILE… on a real one, with exported collections
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	client "postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

//go:embed harbour.postman_collection.json
var harbour []byte

// inGitFormat is a repository with a collection in Postman's git format.
//
//go:embed all:repository
var inGitFormat embed.FS

// owner is the Postman account that all collections of the demo belong to.
const owner = postman.DefaultUserID

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := flag.String("microcks-url", "", "a running Microcks; empty: a stand-in")
	version := flag.String("version", "", "put version=`V` into descriptions that name none")
	fleet := flag.Int("fleet", 0, "show a run over `N` collections, and a second one, instead")
	flag.Parse()
	colours := map[string]string{}
	for _, name := range []string{"TERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"} {
		colours[name] = os.Getenv(name)
	}
	tell := func() error { return show(ctx, os.Stdout, colours, *server, *version, flag.Args()) }
	if *fleet > 0 {
		tell = func() error { return showFleet(ctx, os.Stdout, colours, *fleet) }
	}
	if err := tell(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// show tells the story, and fails unless it ends well. colours is what the environment
// says of them.
func show(ctx context.Context, out io.Writer, colours map[string]string, microcksURL, version string, files []string) error {
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
	story := &story{w: w, out: out, env: w.Environment()}
	maps.Copy(story.env, colours)
	maps.Copy(story.env, map[string]string{"INPUT_COLLECTIONS": strings.Join(uids, "\n"), "INPUT_VERIFY": "mocks"})
	if microcksURL == "" && len(files) == 0 {
		if err := story.withoutVersion(ctx, uids[0]); err != nil {
			return err
		}
	}
	if _, err := story.run(ctx, "apply: the collection goes to Microcks, and every mock is called", "apply", 0); err != nil {
		return err
	}
	wrote, err := story.run(ctx, "apply again: nothing has changed", "apply", 0)
	if err != nil {
		return err
	}
	if wrote > 0 {
		return fmt.Errorf("the second run wrote %d times, although nothing had changed", wrote)
	}
	fmt.Fprintln(out, "0 requests of it wrote.")
	if microcksURL == "" && len(files) == 0 {
		return story.fromRepository(ctx)
	}
	if microcksURL != "" {
		fmt.Fprintf(out, "\nThe mocks stay at %s. The importers refer to this demo, which ends here: "+
			"delete them, and the secret of %s, when you are done.\n", microcksURL, w.Repository)
	}
	return nil
}

// story is what is shown, in a world.
type story struct {
	w   *world.World
	out io.Writer
	env map[string]string
}

func (s *story) title(what string) { fmt.Fprintf(s.out, "\n━━━ %s\n", what) }

// run carries out one run, and returns how many requests wrote to Microcks.
func (s *story) run(ctx context.Context, title, mode string, want int) (wrote int, err error) {
	s.title(title)
	s.env["INPUT_MODE"] = mode
	s.w.Forget()
	if code := s.w.Run(ctx, s.out, s.env); code != want {
		return 0, fmt.Errorf("mode %s ended with exit code %d", mode, code)
	}
	return len(s.w.Writes()), nil
}

// withoutVersion imports the collection by hand as it is before anybody gave it a
// version, and has the plan say what is wrong with it.
func (s *story) withoutVersion(ctx context.Context, uid string) error {
	versionless := bytes.Replace(harbour, []byte("version=1.2.0 - "), nil, 1)
	if err := s.w.Postman.AddCollection(uid, versionless); err != nil {
		return err
	}
	s.title("by hand: an importer whose collection names no version")
	job, err := s.byHand(ctx, uid)
	if err != nil {
		return err
	}
	const mock = "/rest/Harbour+API/1.2.0/boats"
	resp, err := s.w.Client().Get(s.w.MicrocksURL + mock)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	fmt.Fprintf(s.out, "PUT /api/jobs/%s/start: 200 OK\nGET %s: %s\n", job, mock, resp.Status)
	if _, err := s.run(ctx, "plan: why there is no mock", "plan", 1); err != nil {
		return err
	}
	return s.w.Postman.AddCollection(uid, harbour)
}

// fromRepository uploads a file of a repository, without Postman and without a secret. Its
// collection gives no version: the workflow does. Then it uploads a folder.
func (s *story) fromRepository(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	export := bytes.Replace(harbour, []byte("version=1.2.0 - "), nil, 1)
	if err := os.WriteFile(filepath.Join(folder, "harbour.json"), export, 0o600); err != nil {
		return err
	}
	delete(s.env, "POSTMAN_API_KEY")
	maps.Copy(s.env, map[string]string{
		"GITHUB_WORKSPACE": folder, "INPUT_COLLECTIONS": "harbour.json", "INPUT_SERVICE-VERSION": "1.3.0", "INPUT_POSTMAN-API-KEY": "",
	})
	if _, err := s.run(ctx, "plan: a file of the repository, whose version a tag gives", "plan", 0); err != nil {
		return err
	}
	if _, err := s.run(ctx, "apply: the file is uploaded, and every mock is called", "apply", 0); err != nil {
		return err
	}
	if err := os.CopyFS(folder, inGitFormat); err != nil {
		return err
	}
	maps.Copy(s.env, map[string]string{
		"GITHUB_WORKSPACE": filepath.Join(folder, "repository"), "INPUT_COLLECTIONS": "postman/collections/*", "INPUT_SERVICE-VERSION": "",
	})
	if _, err := s.run(ctx, "plan: a folder in Postman's git format", "plan", 0); err != nil {
		return err
	}
	_, err = s.run(ctx, "apply: the folder is uploaded, and every mock is called", "apply", 0)
	return err
}

// byHand makes an importer as a person does, starts it, and returns its id.
func (s *story) byHand(ctx context.Context, uid string) (job string, err error) {
	c := client.New(s.w.Client(), s.w.MicrocksURL)
	key, header := s.env["POSTMAN_API_KEY"], client.TokenHeader
	if key == "" {
		key = s.env["INPUT_POSTMAN-API-KEY"]
	}
	secret := client.Secret{ID: client.DerivedID(client.SecretKind, "demo"), Name: "my key", Token: &key, TokenHeader: &header}
	if err := c.CreateSecret(ctx, &secret); err != nil {
		return "", err
	}
	made, err := c.SaveJob(ctx, &client.ImportJob{
		ID: client.DerivedID(client.ImporterKind, "demo"), Name: "Harbour API", MainArtifact: true,
		RepositoryURL: s.w.PostmanURL + "/collections/" + uid, SecretRef: &client.SecretRef{SecretID: secret.ID, Name: secret.Name},
	})
	if err != nil {
		return "", err
	}
	_, err = c.StartJob(ctx, made.ID)
	return made.ID, err
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
