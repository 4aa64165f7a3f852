// Command fleet measures what many collections cost on a real Microcks: built
// programs beside a plain loop in one process, and beside the server's own time
// for the same imports. It serves the collections itself, on loopback, and
// deletes what it made. Thousands need a manifest: no environment of a process takes a
// list of them.
//
//	go run ./internal/test/fleet -microcks-url http://127.0.0.1:8080 [-n 50,200,800] [-manifest] NAME=BINARY…
//	go run ./internal/test/fleet -bytes 1 -n 5000 -manifest [-upload] NAME=BINARY…
//	go run ./internal/test/fleet -microcks-url http://127.0.0.1:8080 -crowd 50 [-of 20] [-kill] [-rounds 10] [-manifest] NAME=BINARY…
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := flag.String("microcks-url", "", "a running Microcks without sign-in, on loopback; empty: a stand-in, for memory")
	size := flag.Int("bytes", 0, "of each collection, about; 0: a small one")
	sizes := flag.String("n", "50,200,800", "numbers of collections")
	rounds := flag.Int("rounds", 1, "of everything, in turn")
	parallelism := flag.Int("parallelism", 8, "of the programs and of the server's own imports")
	runs := flag.Int("crowd", 0, "runs at once of new collections, instead")
	each := flag.Int("of", 1, "so many collections a crowd has")
	manifest := flag.Bool("manifest", false, "collections stand in a manifest, not in the input collections")
	kill := flag.Bool("kill", false, "kill every second run of a crowd at some moment")
	upload := flag.Bool("upload", false, "uploads, without importers")
	flag.Parse()
	if *server == "" {
		standIn := httptest.NewServer(microcks.New(microcks.Options{}))
		defer standIn.Close()
		*server = standIn.URL
	}
	if *runs > 0 {
		if err := crowds(ctx, crowd{fleet: fleet{server: *server, n: *each, parallelism: *parallelism, upload: *upload, manifest: *manifest},
			runs: *runs, kill: *kill}, *rounds, flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		return
	}
	of := fleet{server: *server, parallelism: *parallelism, bytes: *size, upload: *upload, manifest: *manifest}
	if err := measure(ctx, of, *sizes, *rounds, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, of fleet, sizes string, rounds int, programs []string) error {
	fmt.Println("| collections | what | seconds | of its own CPU | MB at most | to Postman | to Microcks |")
	fmt.Println("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		for range rounds {
			f := of
			f.n = n
			if err := f.round(ctx, programs); err != nil {
				return err
			}
		}
	}
	return nil
}

// fleet is some number of collections and the server that they go to.
type fleet struct {
	server      string
	n           int
	parallelism int
	bytes       int // of each collection, about
	upload      bool
	manifest    bool // names the collections

	source  *postman.Server
	api     *httptest.Server // the Postman API
	gateway *httptest.Server // before Microcks, where requests of programs are counted
	asked   *atomic.Int64    // of Microcks
	prefix  string           // of what is measured now
	uids    []string
}

func (f *fleet) round(ctx context.Context, programs []string) error {
	if f.bytes == 0 {
		if err := f.measured(ctx, "plain loop", func() error { return f.loop(ctx) }); err != nil {
			return err
		}
	}
	for _, p := range programs {
		name, binary, _ := strings.Cut(p, "=")
		if err := f.program(ctx, name, binary); err != nil {
			return err
		}
	}
	return nil
}

// serve makes the collections under new names.
func (f *fleet) serve(prefix string) error {
	f.source = postman.New(postman.Options{})
	f.prefix, f.uids = fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano()), nil
	for i := range f.n {
		name := fmt.Sprintf("%s %04d", f.prefix, i)
		raw, err := json.Marshal(collection(name, f.bytes))
		if err != nil {
			return err
		}
		uid := fmt.Sprintf("%s-%08x-0000-4000-8000-%012x", postman.DefaultUserID, time.Now().UnixNano()&0xffffffff, i)
		if err := f.source.AddCollection(uid, raw); err != nil {
			return err
		}
		f.uids = append(f.uids, uid)
	}
	f.asked = new(atomic.Int64)
	server, err := url.Parse(f.server)
	if err != nil {
		return err
	}
	before := httputil.NewSingleHostReverseProxy(server)
	before.Transport = client.Transport
	f.gateway = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		before.ServeHTTP(w, r)
	}))
	f.api = httptest.NewServer(f.source)
	return nil
}

// close ends what serve began.
func (f *fleet) close() {
	f.api.Close()
	f.gateway.Close()
}

// change changes the last collection.
func (f *fleet) change() error {
	last := len(f.uids) - 1
	changed := collection(fmt.Sprintf("%s %04d", f.prefix, last), f.bytes)
	items := changed["item"].([]any)
	items[0].(map[string]any)["response"].([]any)[0].(map[string]any)["body"] = `{"id":1,"changed":true}`
	raw, err := json.Marshal(changed)
	if err != nil {
		return err
	}
	return f.source.AddCollection(f.uids[last], raw)
}

const schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// collection has two operations with two examples each, or as many as make about
// so many bytes, with 5 kB in each body.
func collection(name string, bytes int) map[string]any {
	pad := strings.Repeat("x", min(bytes, 5000))
	item := func(path string) map[string]any {
		request := map[string]any{"method": "GET", "url": map[string]any{"raw": "{{baseUrl}}" + path}}
		example := func(id string) map[string]any {
			return map[string]any{
				"name": "example " + id, "code": 200, "body": `{"id":` + id + `,"pad":"` + pad + `"}`,
				"originalRequest": map[string]any{
					"method": "GET",
					"url": map[string]any{"raw": "{{baseUrl}}" + path, "host": []string{"{{baseUrl}}"}, "path": strings.Split(path[1:], "/"),
						"variable": []map[string]string{{"key": "id", "value": id}}},
				},
				"header": []map[string]string{{"key": "Content-Type", "value": "application/json"}},
			}
		}
		return map[string]any{"name": path, "request": request, "response": []any{example("1"), example("2")}}
	}
	items := []any{item("/things/:id"), item("/parts/:id")}
	for i := range bytes / 12_000 {
		items = append(items, item(fmt.Sprintf("/more%d/:id", i)))
	}
	return map[string]any{
		"info": map[string]any{"name": name, "description": "version=1.0 - measured", "schema": schema},
		"item": items,
	}
}

// measured serves new collections, times something, and deletes what it made.
func (f *fleet) measured(ctx context.Context, what string, do func() error) error {
	if err := f.serve("loop"); err != nil {
		return err
	}
	defer f.close()
	began := time.Now()
	if err := do(); err != nil {
		return err
	}
	f.row(what, run{took: time.Since(began)})
	jobs, err := f.jobs(ctx)
	if err != nil {
		return err
	}
	for _, own := range []struct {
		what string
		do   func(job) error
	}{
		{"imports", func(j job) error { return f.call(ctx, http.MethodPut, "/jobs/"+j.ID+"/start", nil, nil) }},
		{"services read", func(j job) error {
			return f.call(ctx, http.MethodGet, "/services/"+j.ServiceRefs[0].ServiceID+"?messages=true", nil, nil)
		}},
	} {
		began = time.Now()
		if err := f.each(jobs, own.do); err != nil {
			return err
		}
		f.row(fmt.Sprintf("the server's own: %d %s, %d at once", f.n, own.what, f.parallelism), run{took: time.Since(began)})
	}
	return f.clear(ctx)
}

func (f *fleet) row(what string, r run) {
	own := " | | | "
	if r.megabytes > 0 {
		own = fmt.Sprintf("%.2f | %.0f | %d | %d", r.cpu.Seconds(), r.megabytes, r.ofPostman, r.ofMicrocks)
	}
	fmt.Printf("| %d | %s | %.2f | %s |\n", f.n, what, r.took.Seconds(), own)
}

// loop is what a script does: the importers listed once; then for each
// collection it is fetched from Postman, an importer made, started, and the
// service read with its examples.
func (f *fleet) loop(ctx context.Context) error {
	var jobs []job
	if err := f.call(ctx, http.MethodGet, "/jobs?page=0&size=10000", nil, &jobs); err != nil {
		return err
	}
	for i, uid := range f.uids {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.api.URL+"/collections/"+uid, nil)
		if err != nil {
			return err
		}
		request.Header.Set("X-API-Key", postman.DefaultAPIKey)
		if err := do(request, nil); err != nil {
			return err
		}
		var made job
		if err := f.call(ctx, http.MethodPost, "/jobs", job{
			Name: fmt.Sprintf("%s %04d", f.prefix, i), RepositoryURL: f.api.URL + "/collections/" + uid + "?apikey=" + postman.DefaultAPIKey,
			MainArtifact: true, Metadata: map[string]any{},
		}, &made); err != nil {
			return err
		}
		if err := f.call(ctx, http.MethodPut, "/jobs/"+made.ID+"/start", nil, &made); err != nil {
			return err
		}
		if len(made.ServiceRefs) != 1 {
			return fmt.Errorf("importing %s: %s", made.Name, made.LastImportError)
		}
		if err := f.call(ctx, http.MethodGet, "/services/"+made.ServiceRefs[0].ServiceID+"?messages=true", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// each does something for every importer, some at a time.
func (f *fleet) each(jobs []job, do func(job) error) error {
	var all errgroup.Group
	all.SetLimit(f.parallelism)
	for _, j := range jobs {
		all.Go(func() error { return do(j) })
	}
	return all.Wait()
}

// program runs a built program three times: for a first run, an unchanged one, and one
// after a collection changed.
func (f *fleet) program(ctx context.Context, name, binary string) error {
	if err := f.serve(name); err != nil {
		return err
	}
	defer f.close()
	for _, which := range []string{"first", "unchanged", "one changed"} {
		if which == "one changed" {
			if err := f.change(); err != nil {
				return err
			}
		}
		f.source.ForgetRequests()
		f.asked.Store(0)
		r := f.run(ctx, binary, 0)
		r.ofMicrocks = f.asked.Load()
		r.ofPostman = int64(len(f.source.Requests()))
		if r.err != nil {
			return fmt.Errorf("%s, %s: %w", name, which, r.err)
		}
		f.row(name+", "+which, r)
		if r.megabytes > mostMegabytes {
			return fmt.Errorf("%s, %s: %.0f MB, and a run may have %d", name, which, r.megabytes, mostMegabytes)
		}
	}
	return f.clear(ctx)
}

// mostMegabytes is what a run over small collections may take, however many they are.
const mostMegabytes = 400

// run of a program.
type run struct {
	took      time.Duration
	cpu       time.Duration // of the program itself
	megabytes float64       // at the most
	said      string
	err       error

	ofPostman  int64 // requests, those of the server included
	ofMicrocks int64
}

// run runs a program on all collections; one that is to be killed lives so long.
func (f *fleet) run(ctx context.Context, binary string, life time.Duration) run {
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return run{err: err}
	}
	defer os.RemoveAll(dir)
	listed := strings.Join(f.uids, "\n")
	if f.manifest {
		listed = ""
		entries := "collections:\n  - " + strings.Join(f.uids, "\n  - ") + "\n"
		if err := os.WriteFile(filepath.Join(dir, "fleet.yaml"), []byte(entries), 0o600); err != nil {
			return run{err: err}
		}
	}
	var env []string
	for key, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule", "GITHUB_REPOSITORY": "acme/fleet", "GITHUB_WORKSPACE": dir,
		"GITHUB_OUTPUT": filepath.Join(dir, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary.md"),
		"INPUT_MODE": "apply", "INPUT_COLLECTIONS": listed, "INPUT_MANIFEST": map[bool]string{true: "fleet.yaml"}[f.manifest],
		"INPUT_POSTMAN-API-KEY": postman.DefaultAPIKey,
		"INPUT_POSTMAN-API-URL": f.api.URL, "INPUT_MICROCKS-URL": f.gateway.URL, "INPUT_PARALLELISM": strconv.Itoa(f.parallelism),
		"INPUT_TIMEOUT": "60m", "INPUT_SECRET-NAME": "fleet " + f.prefix, "INPUT_DELIVERY": map[bool]string{true: "upload"}[f.upload],
	} {
		env = append(env, key+"="+value)
	}
	for _, file := range []string{"outputs", "summary.md"} {
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
			return run{err: err}
		}
	}
	if life > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, life)
		defer cancel()
	}
	var said bytes.Buffer
	process := exec.CommandContext(ctx, binary)
	process.Env, process.Dir, process.Stdout, process.Stderr = env, dir, &said, &said
	began := time.Now()
	if err := process.Start(); err != nil {
		return run{err: err}
	}
	memory := highest(process.Process.Pid)
	if err := process.Wait(); err != nil {
		return run{said: said.String(), err: fmt.Errorf("%w\n%s", err, tail(said.String()))}
	}
	took, state := time.Since(began), process.ProcessState
	return run{took: took, cpu: state.UserTime() + state.SystemTime(), megabytes: <-memory, said: said.String()}
}

// highest looks at the most memory that a process had so far until it has ended,
// in MB. What the system says of an ended one includes what it was forked from.
func highest(pid int) <-chan float64 {
	most := make(chan float64, 1)
	go func() {
		seen := 0.0
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, rest, there := strings.Cut(string(status), "VmHWM:")
			if err != nil || !there {
				most <- seen
				return
			}
			kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			seen = max(seen, kilobytes/1024)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return most
}

// crowds lets many runs of one new collection start at once, and looks what is
// there when the last has ended.
func crowds(ctx context.Context, of crowd, rounds int, programs []string) error {
	fmt.Println("| program | rounds | runs at once | killed | failed | imports | services healed | not as promised | after one run more |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, p := range programs {
		name, binary, _ := strings.Cut(p, "=")
		c := of
		c.binary = binary
		for range rounds {
			if err := c.round(ctx, name); err != nil {
				return err
			}
		}
		fmt.Printf("| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n",
			name, rounds, c.runs, c.killed, c.failed, c.imports, c.healed, c.broken, c.lost)
	}
	return nil
}

// crowd counts what came of runs at once.
type crowd struct {
	fleet
	binary string
	runs   int
	kill   bool

	killed, failed, imports, healed, broken, lost int
}

func (c *crowd) round(ctx context.Context, name string) error {
	f := c.fleet
	if err := f.serve(name); err != nil {
		return err
	}
	defer f.close()
	ended := make([]run, c.runs)
	var all sync.WaitGroup
	for i := range ended {
		life := time.Duration(0)
		if c.kill && i%2 == 1 {
			life = rand.N(1500 * time.Millisecond)
			c.killed++
		}
		all.Go(func() { ended[i] = f.run(ctx, c.binary, life) })
	}
	all.Wait()
	for i, r := range ended {
		c.imports += strings.Count(r.said, ": imported (") + strings.Count(r.said, ": uploaded (")
		c.healed += strings.Count(r.said, "duplicate service")
		if r.err != nil && (!c.kill || i%2 == 0) {
			c.failed++
			fmt.Fprintln(os.Stderr, r.err)
		}
	}
	kept, err := f.kept(ctx)
	if err != nil {
		return err
	}
	if !kept {
		c.broken++
		if r := f.run(ctx, c.binary, 0); r.err != nil {
			fmt.Fprintln(os.Stderr, r.err)
		}
		if kept, err = f.kept(ctx); err != nil || !kept {
			c.lost++
		}
	}
	return f.clear(ctx)
}

// kept reports whether there is one importer for each collection, whose last import
// worked, or none where runs upload, one service with two operations, and one secret.
func (f *fleet) kept(ctx context.Context) (bool, error) {
	jobs, err := f.jobs(ctx)
	if err != nil {
		return false, err
	}
	var services []struct {
		Operations []any `json:"operations"`
		Metadata   struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if err := f.call(ctx, http.MethodGet, "/services/search?name="+f.prefix, nil, &services); err != nil {
		return false, err
	}
	if len(services) != f.n {
		return false, nil
	}
	for _, s := range services {
		if len(s.Operations) != 2 || f.upload && s.Metadata.Labels["managed-by"] == "" {
			return false, nil
		}
	}
	if f.upload {
		return len(jobs) == 0, nil
	}
	var secrets []job
	if err := f.call(ctx, http.MethodGet, "/secrets/search?name="+url.QueryEscape("fleet "+f.prefix), nil, &secrets); err != nil {
		return false, err
	}
	wrong := func(j job) bool { return j.LastImportError != "" }
	return len(jobs) == f.n && !slices.ContainsFunc(jobs, wrong) && len(secrets) == 1, nil
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// clear deletes the importers, services and the secret of what was measured.
func (f *fleet) clear(ctx context.Context) error {
	jobs, err := f.jobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		for _, ref := range j.ServiceRefs {
			if err := f.call(ctx, http.MethodDelete, "/services/"+ref.ServiceID, nil, nil); err != nil {
				return err
			}
		}
		if err := f.call(ctx, http.MethodDelete, "/jobs/"+j.ID, nil, nil); err != nil {
			return err
		}
	}
	var left []job
	if err := f.call(ctx, http.MethodGet, "/services/search?name="+f.prefix, nil, &left); err != nil {
		return err
	}
	for _, s := range left {
		if err := f.call(ctx, http.MethodDelete, "/services/"+s.ID, nil, nil); err != nil {
			return err
		}
	}
	var secrets []job
	if err := f.call(ctx, http.MethodGet, "/secrets/search?name=fleet", nil, &secrets); err != nil {
		return err
	}
	for _, s := range secrets {
		if err := f.call(ctx, http.MethodDelete, "/secrets/"+s.ID, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// job is what is needed of an importer.
type job struct {
	ID              string         `json:"id,omitempty"`
	Name            string         `json:"name"`
	RepositoryURL   string         `json:"repositoryUrl"`
	MainArtifact    bool           `json:"mainArtifact"`
	Metadata        map[string]any `json:"metadata"`
	LastImportError string         `json:"lastImportError,omitempty"`
	ServiceRefs     []struct {
		ServiceID string `json:"serviceId"`
	} `json:"serviceRefs,omitempty"`
}

func (f *fleet) jobs(ctx context.Context) ([]job, error) {
	var all, ours []job
	if err := f.call(ctx, http.MethodGet, "/jobs?page=0&size=10000", nil, &all); err != nil {
		return nil, err
	}
	for _, j := range all {
		if strings.HasPrefix(j.Name, f.prefix) {
			ours = append(ours, j)
		}
	}
	return ours, nil
}

func (f *fleet) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, f.server+"/api"+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	return do(request, out)
}

// client keeps its connections.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func do(request *http.Request, out any) error {
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %.300s", request.Method, request.URL.Path, answer.Status, data)
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}
