// Command fleet measures what many collections cost on a real Microcks: built
// programs beside a plain loop in one process, and beside the server's own time
// for the same imports. It serves the collections itself, on loopback, and
// deletes what it made.
//
//	go run ./internal/test/fleet -microcks-url http://127.0.0.1:8080 [-n 50,200,800] NAME=BINARY…
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"postman-microcks-importer/internal/test/standin/postman"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := flag.String("microcks-url", "", "a running Microcks without sign-in, on loopback")
	sizes := flag.String("n", "50,200,800", "numbers of collections")
	rounds := flag.Int("rounds", 1, "of everything, in turn")
	parallelism := flag.Int("parallelism", 8, "of the programs and of the server's own imports")
	flag.Parse()
	if err := measure(ctx, *server, *sizes, *rounds, *parallelism, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, server, sizes string, rounds, parallelism int, programs []string) error {
	fmt.Println("| collections | what | seconds | MB at most | requests to Microcks |")
	fmt.Println("| ---: | --- | ---: | ---: | ---: |")
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		for range rounds {
			f := &fleet{server: server, n: n, parallelism: parallelism}
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

	api    *httptest.Server // the Postman API
	prefix string           // of what is measured now
	uids   []string
}

func (f *fleet) round(ctx context.Context, programs []string) error {
	if err := f.measured(ctx, "plain loop", func() error { return f.loop(ctx) }); err != nil {
		return err
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
	source := postman.New(postman.Options{})
	f.prefix, f.uids = fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano()), nil
	for i := range f.n {
		name := fmt.Sprintf("%s %04d", f.prefix, i)
		raw, err := json.Marshal(collection(name))
		if err != nil {
			return err
		}
		uid := fmt.Sprintf("%s-%08x-0000-4000-8000-%012x", postman.DefaultUserID, time.Now().UnixNano()&0xffffffff, i)
		if err := source.AddCollection(uid, raw); err != nil {
			return err
		}
		f.uids = append(f.uids, uid)
	}
	f.api = httptest.NewServer(source)
	return nil
}

// collection is a small one: two operations with two examples each.
func collection(name string) map[string]any {
	item := func(path string) map[string]any {
		request := map[string]any{"method": "GET", "url": map[string]any{"raw": "{{baseUrl}}" + path}}
		example := func(id string) map[string]any {
			return map[string]any{
				"name": "example " + id, "code": 200, "body": `{"id":` + id + `}`,
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
	return map[string]any{
		"info": map[string]any{"name": name, "description": "version=1.0 - measured", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item": []any{item("/things/:id"), item("/parts/:id")},
	}
}

// measured serves new collections, times something, and deletes what it made.
func (f *fleet) measured(ctx context.Context, what string, do func() error) error {
	if err := f.serve("loop"); err != nil {
		return err
	}
	defer f.api.Close()
	began := time.Now()
	if err := do(); err != nil {
		return err
	}
	f.row(what, time.Since(began), "", "")
	began = time.Now()
	if err := f.startAll(ctx); err != nil {
		return err
	}
	f.row(fmt.Sprintf("the server's own %d imports, %d at once", f.n, f.parallelism), time.Since(began), "", "")
	return f.clear(ctx)
}

func (f *fleet) row(what string, took time.Duration, memory, requests string) {
	fmt.Printf("| %d | %s | %.2f | %s | %s |\n", f.n, what, took.Seconds(), memory, requests)
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

// startAll imports everything once more, some at a time.
func (f *fleet) startAll(ctx context.Context) error {
	jobs, err := f.jobs(ctx)
	if err != nil {
		return err
	}
	ids := make(chan string)
	errs := make(chan error, f.parallelism)
	var workers sync.WaitGroup
	for range f.parallelism {
		workers.Go(func() {
			for id := range ids {
				if err := f.call(ctx, http.MethodPut, "/jobs/"+id+"/start", nil, nil); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for _, j := range jobs {
		ids <- j.ID
	}
	close(ids)
	workers.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// program runs a built program twice: for a first run, and for an unchanged one.
func (f *fleet) program(ctx context.Context, name, binary string) error {
	if err := f.serve(name); err != nil {
		return err
	}
	defer f.api.Close()
	for _, which := range []string{"first", "unchanged"} {
		took, memory, err := f.run(ctx, binary)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", name, which, err)
		}
		f.row(name+", "+which, took, fmt.Sprintf("%.0f", memory), "")
	}
	return f.clear(ctx)
}

func (f *fleet) run(ctx context.Context, binary string) (took time.Duration, megabytes float64, err error) {
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	var env []string
	for key, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule", "GITHUB_REPOSITORY": "acme/fleet", "GITHUB_WORKSPACE": dir,
		"GITHUB_OUTPUT": filepath.Join(dir, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary.md"),
		"INPUT_MODE": "apply", "INPUT_COLLECTION": strings.Join(f.uids, "\n"), "INPUT_POSTMAN-API-KEY": postman.DefaultAPIKey,
		"INPUT_POSTMAN-API-URL": f.api.URL, "INPUT_MICROCKS-URL": f.server, "INPUT_PARALLELISM": strconv.Itoa(f.parallelism),
		"INPUT_TIMEOUT": "10m", "INPUT_SECRET-NAME": "fleet " + f.prefix,
	} {
		env = append(env, key+"="+value)
	}
	for _, file := range []string{"outputs", "summary.md"} {
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
			return 0, 0, err
		}
	}
	var said bytes.Buffer
	process := exec.CommandContext(ctx, binary)
	process.Env, process.Dir, process.Stdout, process.Stderr = env, dir, &said, &said
	began := time.Now()
	if err := process.Run(); err != nil {
		return 0, 0, fmt.Errorf("%w\n%s", err, tail(said.String()))
	}
	usage, _ := process.ProcessState.SysUsage().(*syscall.Rusage)
	return time.Since(began), float64(usage.Maxrss) / 1024, nil
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
