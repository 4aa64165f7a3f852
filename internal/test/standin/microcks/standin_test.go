package microcks

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/predict"

	"github.com/google/go-cmp/cmp"
)

// What a test can do to the stand-in and to no real server.

func TestFaultsStrikeBeforeAfterAndMeanwhile(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	address := c.serve(t, 1, c.pets("Pets"))
	id := c.importer(t, 1, address, map[string]any{"secretRef": c.key(t)})
	imported := func() bool { return c.get(t, "/jobs/"+id).object(t)["lastImportDate"] != nil }

	c.fake.Fail(Fault{Method: "PUT", Path: "/start", Status: 504, Body: "<html>gateway</html>"})
	if got := c.start(t, id); got.status != 504 || got.header.Get("Content-Type") != "text/html" || imported() {
		t.Errorf("before: %v, imported %t", got, imported())
	}
	c.fake.Fail(Fault{Method: "PUT", Path: "/start", Status: 502, When: After})
	if got := c.start(t, id); got.status != 502 || !imported() {
		t.Errorf("after: %v, imported %t", got, imported())
	}

	// Meanwhile: the caller is gone before the import begins.
	c.fake.RemoveJob(id)
	c.importer(t, 1, address, map[string]any{"secretRef": c.key(t)})
	let := make(chan struct{})
	c.fake.SetHooks(Hooks{BeforeImport: func(string) { <-let }})
	c.fake.Fail(Fault{Method: "PUT", Path: "/start", Status: 504, When: Meanwhile})
	if got := c.start(t, id); got.status != 504 || imported() {
		t.Errorf("meanwhile: %v, imported %t", got, imported())
	}
	close(let)
	c.fake.Wait()
	if !imported() {
		t.Error("the import did not go on")
	}
	if got := c.start(t, id); got.status != 200 {
		t.Errorf("after the faults: %v", got)
	}
}

func TestFaultsAreCounted(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	c.fake.Fail(Fault{Path: "/jobs", Skip: 1, Times: 2, Status: 503})
	c.fake.Fail(Fault{Method: "POST", Status: 418, Times: -1})
	var statuses []int
	for range 4 {
		statuses = append(statuses, c.get(t, "/jobs").status)
	}
	for range 2 {
		statuses = append(statuses, c.do(t, "POST", "/jobs", map[string]any{}).status)
	}
	c.fake.Heal()
	statuses = append(statuses, c.do(t, "POST", "/jobs", map[string]any{"name": c.name("x")}).status)
	if diff := cmp.Diff([]int{200, 503, 503, 200, 418, 418, 201}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	c.fake.Unhealthy(1)
	if first, second := c.get(t, "/health").status, c.get(t, "/health").status; first != 503 || second != 200 {
		t.Errorf("health: %d, %d", first, second)
	}
}

func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	fake := New(Options{})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	fake.Fail(Fault{Path: "/jobs", When: After})
	res, err := srv.Client().Post(srv.URL+"/api/jobs", "application/json", strings.NewReader(`{"name":"x"}`))
	if err == nil {
		t.Errorf("answered %s", res.Status)
	}
	if jobs := fake.Jobs(); len(jobs) != 1 {
		t.Errorf("jobs: %v", jobs)
	}
	if log := fake.Requests(); len(log) != 1 || log[0].Status != 0 || fake.Writes() != 1 {
		t.Errorf("log: %+v", log)
	}
}

// Two imports of a service that is there already may double its messages: both
// delete the old ones before either saves the new ones.
func TestTwoImportsAtOnceMayDoubleTheMessages(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	address := c.serve(t, 1, c.pets("Pets"))
	jobs := []string{
		c.importer(t, 1, address, map[string]any{"secretRef": c.key(t)}), c.importer(t, 2, address, map[string]any{"secretRef": c.key(t)}),
	}
	c.start(t, jobs[0])
	met, both := make(chan struct{}, 2), make(chan struct{})
	c.fake.SetHooks(Hooks{BeforeMessages: func(string) {
		met <- struct{}{}
		if len(met) == 2 {
			close(both)
		}
		<-both
	}})
	done := make(chan reply)
	for _, id := range jobs {
		go func() { done <- c.start(t, id) }()
	}
	<-done
	<-done
	c.fake.SetHooks(Hooks{})
	// The operation that comes first is the one at which both were held.
	services := c.fake.Services()
	if len(services) != 1 || len(services[0].Operations[0].Examples)%2 != 0 {
		t.Fatalf("services: %+v", services)
	}
	names := map[string]int{}
	for _, ex := range services[0].Operations[0].Examples {
		names[ex.Name]++
	}
	for name, n := range names {
		if n != 2 {
			t.Errorf("%s: %d times", name, n)
		}
	}
	c.start(t, jobs[0]) // one import alone heals it
	if diff := cmp.Diff(wantOutline(address), outline(c.served(t, "Pets"))); diff != "" {
		t.Errorf("healed (-want +got):\n%s", diff)
	}
}

func TestStateIsWhatTheAPIShows(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	job := Job{
		Name: "j", RepositoryURL: "http://x", MainArtifact: true, Active: true, CreatedDate: 4,
		LastImportDate: 5, LastImportError: "e", ETag: "t",
		Metadata:    Metadata{CreatedOn: 1, LastUpdate: 2, Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"}},
		SecretRef:   SecretRef{SecretID: "s", Name: "n"},
		ServiceRefs: []ServiceRef{{ServiceID: "q", Name: "n", Version: "v"}, {Name: "m"}},
	}
	job.ID = c.fake.AddJob(job)
	if diff := cmp.Diff([]Job{job}, c.fake.Jobs()); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
	if got := c.get(t, "/jobs/"+job.ID).field(t, "lastImportError"); got != "e" {
		t.Errorf("by the API: %s", got)
	}
	secret := Secret{
		ID: "abcabcabcabcabcabcabcabc", Name: "s", Description: "d", Username: "u", Password: "p", Token: "t",
		TokenHeader: "h", CACertPem: "c",
	}
	c.fake.AddSecret(secret)
	if diff := cmp.Diff([]Secret{secret}, c.fake.Secrets()); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	rules, criteria, content := "id", "/id=1", "{}"
	service := Service{Service: predict.Service{Name: "S", Version: "1", Type: "REST", SourceArtifact: "petstore.yaml",
		Operations: []predict.Operation{{
			Name: "GET /pets/{id}", Method: "GET", Dispatcher: "URI_PARTS", DispatcherRules: &rules,
			ResourcePaths: []string{"/pets/1"}, Override: true,
			Examples: []predict.Example{{Name: "one", SourceArtifact: "petstore.yaml", DispatchCriteria: &criteria,
				Response: predict.Response{Status: "200", Content: &content, MediaType: "application/json"}}},
		}}}}
	service.ID = c.fake.AddService(service)
	got := c.fake.Services()
	if len(got) != 1 || got[0].Metadata.CreatedOn == 0 {
		t.Fatalf("services: %+v", got)
	}
	got[0].Metadata = Metadata{}
	if diff := cmp.Diff([]Service{service}, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	if got := c.mock(t, "GET", "/S/1/pets/1", nil); got.status != 200 || got.body != "{}" {
		t.Errorf("mock: %v", got)
	}
	c.fake.RemoveService(service.ID)
	c.fake.RemoveSecret(secret.ID)
	if len(c.fake.Services())+len(c.fake.Secrets()) != 0 {
		t.Error("something is left")
	}
}

func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	c.get(t, "/jobs?name=a%20b")
	c.do(t, "POST", "/secrets", map[string]any{"name": c.name("s")})
	c.get(t, "/services/nope")
	var lines []string
	for _, r := range c.fake.Requests() {
		lines = append(lines, strings.TrimRight(r.Method+" "+r.Path+"?"+r.Query, "?")+" "+http.StatusText(r.Status))
	}
	want := []string{"GET /api/jobs?name=a%20b OK", "POST /api/secrets Created", "GET /api/services/nope Not Found"}
	if diff := cmp.Diff(want, lines); diff != "" || c.fake.Writes() != 1 {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	c.fake.ForgetRequests()
	if len(c.fake.Requests()) != 0 {
		t.Error("remembered")
	}
}

// The stand-in is used by many runs at once; -race watches this test.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	address := c.serve(t, 1, c.pets("Pets"))
	key := c.key(t)
	done := make(chan bool)
	for i := range 20 {
		id := c.importer(t, i, address, map[string]any{"secretRef": key})
		go func() {
			defer func() { done <- true }()
			c.start(t, id)
			c.get(t, "/services/search?name="+c.prefix)
			c.get(t, "/jobs")
			c.mock(t, "GET", "/"+c.prefix+"+Pets/1.0/pets/1", nil)
			c.do(t, "PUT", "/jobs/"+id+"/stop", nil)
		}()
	}
	for range 20 {
		<-done
	}
	if n := len(c.fake.Jobs()); n != 20 {
		t.Errorf("%d jobs", n)
	}
	sources := []string{}
	for _, s := range c.fake.Services() {
		sources = append(sources, s.SourceArtifact)
	}
	if slices.ContainsFunc(sources, func(s string) bool { return s != fileName(address) }) {
		t.Errorf("artifacts: %v", sources)
	}
}

func TestDownloadsGoThroughTheGivenTransport(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{Source: transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"collection":null}`)), Request: r}, nil
	})})
	got := c.start(t, c.importer(t, 1, "https://api.getpostman.com/collections/x", nil))
	if got.field(t, "lastImportError") != "Only Postman v2 Collection are supported." {
		t.Error(got)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
