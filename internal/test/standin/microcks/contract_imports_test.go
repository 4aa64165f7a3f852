package microcks

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/postman"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

//go:embed testdata/pets.json
var petsCollection []byte

// pets is the collection of the tests, under a name of the test's own.
func (c *contract) pets(name string) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(petsCollection, []byte("NAME"), []byte(c.name(name))), []byte("VERSION"), []byte("1.0"))
}

// serve offers a collection for download and gives its URL.
func (c *contract) serve(t *testing.T, n int, collection []byte) string {
	t.Helper()
	uid := fmt.Sprintf("%s-12ece9e1-2abf-4edc-8e34-%012d", postman.DefaultUserID, n)
	if err := c.source.AddCollection(uid, collection); err != nil {
		t.Fatal(err)
	}
	return c.postman + "/collections/" + uid
}

// serveRaw offers bytes for download.
func (c *contract) serveRaw(n int, body []byte) string {
	uid := fmt.Sprintf("%s-12ece9e1-2abf-4edc-8e34-%012d", postman.DefaultUserID, n)
	c.source.SetBody(uid, body)
	return c.postman + "/collections/" + uid
}

// key makes the secret that opens the collections.
func (c *contract) key(t *testing.T) map[string]any {
	t.Helper()
	id := c.id(900)
	c.do(t, "POST", "/secrets", map[string]any{"id": id, "name": c.name("key"), "token": postman.DefaultAPIKey, "tokenHeader": " X-API-Key "})
	return map[string]any{"secretId": id, "name": c.name("key")}
}

// importer makes a job for a URL.
func (c *contract) importer(t *testing.T, n int, url string, more map[string]any) string {
	t.Helper()
	id := c.id(n)
	doc := map[string]any{
		"id": id, "name": c.name(fmt.Sprint("importer ", n)), "repositoryUrl": url,
		"metadata": map[string]any{"annotations": map[string]string{"a": "b"}},
	}
	for k, v := range more {
		doc[k] = v
	}
	if got := c.do(t, "POST", "/jobs/"+id, doc); got.status != http.StatusOK {
		t.Fatal(got)
	}
	return id
}

func (c *contract) start(t *testing.T, id string) reply {
	t.Helper()
	return c.do(t, "PUT", "/jobs/"+id+"/start", nil)
}

// served is the service of the test's collection with its messages.
func (c *contract) served(t *testing.T, name string) map[string]any {
	t.Helper()
	for _, s := range c.get(t, "/services/search?name="+c.prefix).list(t) {
		if s["name"] == c.name(name) {
			return c.get(t, "/services/"+s["id"].(string)).object(t)
		}
	}
	return nil
}

// outline is a service view as lines that can be compared: everything but the
// ids, in an order of its own.
func outline(view map[string]any) []string {
	var lines []string
	service := anyMap(view["service"])
	lines = append(lines, fmt.Sprintf("%v %v %v", service["version"], service["type"], service["sourceArtifact"]))
	ops, _ := service["operations"].([]any)
	for _, o := range ops {
		op := anyMap(o)
		paths, _ := op["resourcePaths"].([]any)
		slices.SortFunc(paths, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		lines = append(lines, fmt.Sprintf("%v: method %v, %v %v, paths %v, delay %v",
			op["name"], op["method"], op["dispatcher"], op["dispatcherRules"], paths, op["defaultDelay"]))
	}
	for name, list := range anyMap(view["messagesMap"]) {
		pairs, _ := list.([]any)
		if len(pairs) == 0 {
			lines = append(lines, name+": nothing")
		}
		for _, p := range pairs {
			req, res := anyMap(anyMap(p)["request"]), anyMap(anyMap(p)["response"])
			lines = append(lines, fmt.Sprintf("%s: %v by %v (%v, headers %v, content %v) gives %v %v %v, headers %v, criteria %v",
				name, res["name"], res["sourceArtifact"], parameters(req), headers(req), req["content"],
				res["status"], res["mediaType"], res["content"], headers(res), res["dispatchCriteria"]))
		}
	}
	slices.Sort(lines)
	return lines
}

func headers(m map[string]any) []string {
	var lines []string
	list, _ := m["headers"].([]any)
	for _, h := range list {
		lines = append(lines, fmt.Sprint(anyMap(h)["name"], anyMap(h)["values"]))
	}
	slices.Sort(lines)
	return lines
}

func parameters(m map[string]any) []string {
	var lines []string
	list, _ := m["queryParameters"].([]any)
	for _, p := range list {
		lines = append(lines, fmt.Sprint(anyMap(p)["name"], "=", anyMap(p)["value"]))
	}
	slices.Sort(lines)
	return lines
}

// petsOutline is what every version makes of the collection; %[1]s is the
// artifact.
//
//go:embed testdata/pets.outline
var petsOutline string

func wantOutline(url string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(petsOutline, "%[1]s", fileName(url)), "\n"), "\n")
}

func TestContractImportOfACollection(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		url := c.serve(t, 1, c.pets("Pets"))
		id := c.importer(t, 1, url, map[string]any{"secretRef": c.key(t), "createdDate": 4, "lastImportError": "old"})
		before := c.get(t, "/jobs/"+id).object(t)
		got := c.start(t, id)
		if got.status != http.StatusOK {
			t.Fatal(got)
		}
		view := c.served(t, "Pets")
		if diff := cmp.Diff(wantOutline(url), outline(view)); diff != "" {
			t.Errorf("service (-want +got):\n%s", diff)
		}
		job := got.object(t)
		service := anyMap(view["service"])
		wantRefs := []any{map[string]any{"serviceId": service["id"], "name": c.name("Pets"), "version": "1.0"}}
		if diff := cmp.Diff(wantRefs, job["serviceRefs"]); diff != "" {
			t.Errorf("serviceRefs (-want +got):\n%s", diff)
		}
		if job["active"] != true || job["lastImportDate"].(float64) < 1e12 || job["lastImportError"] != nil || job["etag"] != nil {
			t.Errorf("job: %v", got)
		}
		// Everything else of the document is as it was, but for the update.
		ignored := cmpopts.IgnoreMapEntries(func(k string, _ any) bool {
			return slices.Contains([]string{"active", "lastImportDate", "lastImportError", "serviceRefs", "lastUpdate"}, k)
		})
		if diff := cmp.Diff(before, job, ignored); diff != "" {
			t.Errorf("job before and after (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(job, c.get(t, "/jobs/"+id).object(t)); diff != "" {
			t.Errorf("answer and document (-answer +document):\n%s", diff)
		}

		// What the server asked for, and how.
		asked := c.source.Requests()
		if len(asked) != 1 || asked[0].Method != "GET" || asked[0].Query != "" || asked[0].Header.Get("X-API-Key") != postman.DefaultAPIKey ||
			asked[0].Header.Get("Accept-Encoding") != "" || !strings.HasPrefix(asked[0].Header.Get("User-Agent"), "Java/") ||
			asked[0].Header.Get("If-None-Match") != "" {
			t.Errorf("download: %+v", asked)
		}

		// Again: the same service, with the same content.
		c.start(t, id)
		again := c.served(t, "Pets")
		if diff := cmp.Diff(wantOutline(url), outline(again)); diff != "" {
			t.Errorf("imported again (-want +got):\n%s", diff)
		}
		if anyMap(again["service"])["id"] != service["id"] {
			t.Error("imported again under another id")
		}
	})
}

func TestContractImportsThatAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		key := c.key(t)
		wrapped, err := postman.Wrap(c.pets("Pets"))
		if err != nil {
			t.Fatal(err)
		}
		noVersion := bytes.Replace(wrapped, []byte("version=1.0 "), nil, 1)
		missing := c.postman + "/collections/missing"
		notFound := missing + " cannot be downloaded"
		fallback := "HAR version is not supported. Currently supporting: [1.1, 1.2]"
		if !c.version.since(1, 11, 0) {
			fallback = "SoapUI project file parsing error"
		}
		tests := []struct {
			name string
			url  string
			more map[string]any
			want string
		}{
			{"unknown collection", missing, nil, notFound},
			{"no secret", c.serve(t, 1, c.pets("Pets")), map[string]any{"secretRef": nil}, c.serve(t, 1, c.pets("Pets")) + " cannot be downloaded"},
			{"secret that is gone", c.serve(t, 1, c.pets("Pets")), map[string]any{"secretRef": map[string]any{"secretId": c.id(404)}},
				c.serve(t, 1, c.pets("Pets")) + " cannot be downloaded"},
			{"nobody listens", "http://127.0.0.1:1/collections/x", nil, "http://127.0.0.1:1/collections/x cannot be downloaded"},
			{"a file of the server", "/no/such/file", nil, "/no/such/file"},
			{"no version", c.serveRaw(2, noVersion), nil, "Version property is missing in Collection description"},
			{"truncated", c.serveRaw(3, wrapped[:len(wrapped)/2]), nil, "Postman workspace collection file parsing error"},
			{"no collection in it", c.serveRaw(4, []byte(`{"collection":null}`)), nil, "Only Postman v2 Collection are supported."},
			{"byte order mark", c.serveRaw(5, append([]byte("\xef\xbb\xbf"), wrapped...)), nil, fallback},
			{"a space too many", c.serveRaw(6, append([]byte("{ "), wrapped[1:]...)), nil, fallback},
		}
		for i, tt := range tests {
			more := map[string]any{"secretRef": key, "etag": "kept", "serviceRefs": []any{map[string]any{"name": "old"}}}
			for k, v := range tt.more {
				more[k] = v
			}
			id := c.importer(t, 10+i, tt.url, more)
			got := c.start(t, id)
			if got.status != http.StatusOK {
				t.Errorf("%s: %v", tt.name, got)
				continue
			}
			job := got.object(t)
			if job["lastImportError"] != tt.want {
				t.Errorf("%s: got %q, want %q", tt.name, job["lastImportError"], tt.want)
			}
			if job["active"] != true || job["serviceRefs"] != nil || job["lastImportDate"] == nil || job["etag"] != "kept" {
				t.Errorf("%s: %v", tt.name, got)
			}
			if diff := cmp.Diff(job, c.get(t, "/jobs/"+id).object(t)); diff != "" {
				t.Errorf("%s: answer and document (-answer +document):\n%s", tt.name, diff)
			}
		}
		if view := c.served(t, "Pets"); view != nil {
			t.Errorf("a service appeared: %v", view)
		}
	})
}

func TestContractImportsThatCrash(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		key := c.key(t)
		wrapped, err := postman.Wrap(c.pets("Graph"))
		if err != nil {
			t.Fatal(err)
		}
		graphQL := bytes.Replace(wrapped, []byte(`{"mode":"raw","raw":"{}"}`), []byte(`{"mode":"graphql","graphql":{"query":"{a}"}}`), 1)
		if bytes.Equal(graphQL, wrapped) {
			t.Fatal("nothing replaced")
		}
		tests := []struct {
			name string
			url  any
			more map[string]any
		}{
			{"GraphQL example", c.serveRaw(1, graphQL), nil},
			{"no URL", nil, nil},
			{"secret without id", c.serve(t, 2, c.pets("Pets")), map[string]any{"secretRef": map[string]any{"name": "x"}}},
		}
		for i, tt := range tests {
			more := map[string]any{"secretRef": key, "repositoryUrl": tt.url}
			for k, v := range tt.more {
				more[k] = v
			}
			id := c.importer(t, 10+i, "", more)
			before := c.get(t, "/jobs/"+id).body
			got := c.start(t, id)
			got.generic(t, http.StatusInternalServerError)
			if after := c.get(t, "/jobs/"+id).body; after != before {
				t.Errorf("%s: the document changed:\n%s\n%s", tt.name, before, after)
			}
		}
		if view := c.served(t, "Graph"); view == nil {
			t.Error("the service of the crashed import is not there")
		}

		illegal := c.importer(t, 30, "http://127.0.0.1:1/a b", nil)
		got := c.start(t, illegal)
		if c.version.crashesOnBadURL() {
			got.generic(t, http.StatusInternalServerError)
		} else if want := "http://127.0.0.1:1/a b cannot be downloaded"; got.field(t, "lastImportError") != want {
			t.Errorf("illegal URL: %v", got)
		}
	})
}

func TestContractSecondaryArtifact(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		key := c.key(t)
		secondary := c.importer(t, 2, c.serve(t, 2, c.pets("Pets")), map[string]any{"secretRef": key, "mainArtifact": false})
		got := c.start(t, secondary)
		want := []any{map[string]any{"name": c.name("Pets"), "version": "1.0"}}
		if diff := cmp.Diff(want, got.object(t)["serviceRefs"]); diff != "" || got.object(t)["lastImportError"] != nil {
			t.Errorf("nothing to add to: %v", got)
		}
		if c.served(t, "Pets") != nil {
			t.Error("a service appeared")
		}
		url := c.serve(t, 1, c.pets("Pets"))
		c.start(t, c.importer(t, 1, url, map[string]any{"secretRef": key}))
		id := anyMap(c.served(t, "Pets")["service"])["id"]
		got = c.start(t, secondary)
		want = []any{map[string]any{"serviceId": id, "name": c.name("Pets"), "version": "1.0"}}
		if diff := cmp.Diff(want, got.object(t)["serviceRefs"]); diff != "" {
			t.Errorf("refs (-want +got):\n%s", diff)
		}
		// Now every example is there twice, once from each artifact.
		both := wantOutline(url)
		for _, line := range wantOutline(c.serve(t, 2, c.pets("Pets"))) {
			if strings.Contains(line, " by ") {
				both = append(both, line)
			}
		}
		slices.Sort(both)
		if diff := cmp.Diff(both, outline(c.served(t, "Pets"))); diff != "" {
			t.Errorf("both (-want +got):\n%s", diff)
		}
	})
}

func TestContractWhatAnImportKeeps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		url := c.serve(t, 1, c.pets("Pets"))
		id := c.importer(t, 1, url, map[string]any{"secretRef": c.key(t)})
		c.start(t, id)
		service := "/services/" + anyMap(c.served(t, "Pets")["service"])["id"].(string)

		c.do(t, "PUT", service+"/metadata",
			map[string]any{"labels": map[string]string{"l": "1"}, "annotations": map[string]string{"a": "1"}}).bare(t, http.StatusOK)
		c.do(t, "PUT", service+"/operation?operationName=GET%20/pets",
			map[string]any{"dispatcher": "URI_PARAMS", "dispatcherRules": "limit", "defaultDelay": 5}).bare(t, http.StatusOK)
		c.do(t, "PUT", service+"/operation?operationName=nope", map[string]any{}).bare(t, http.StatusForbidden)

		// Another collection under the same URL, without the pets of owners.
		smaller := bytes.ReplaceAll(c.pets("Pets"), []byte("/owners/:owner/pets"), []byte("/owners/:owner/dogs"))
		c.serve(t, 1, smaller)
		c.start(t, id)
		view := c.served(t, "Pets")
		meta := anyMap(anyMap(view["service"])["metadata"])
		if diff := cmp.Diff([]any{map[string]any{"l": "1"}, map[string]any{"a": "1"}}, []any{meta["labels"], meta["annotations"]}); diff != "" {
			t.Errorf("labels and annotations (-want +got):\n%s", diff)
		}
		var lines []string
		for _, line := range outline(view) {
			if strings.HasPrefix(line, "GET /pets: ") || strings.Contains(line, "owners") {
				lines = append(lines, strings.ReplaceAll(line, fileName(url), "A"))
			}
		}
		want := []string{
			"GET /owners/:owner/dogs: cats of 7 by A ([kind=cat owner=7], headers [Accept[application/json]], content <nil>) gives 200 " +
				"text/plain 1, headers [Content-Type[text/plain] X-Total[1]], criteria /owner=7?kind=cat",
			"GET /owners/:owner/dogs: method GET, URI_ELEMENTS owner ?? kind, paths [/owners/7/dogs], delay <nil>",
			"GET /pets: all by A ([], headers [Accept[application/json]], content <nil>) gives 200 application/json [1,2,3], headers " +
				"[Content-Type[application/json]], criteria ",
			"GET /pets: method GET, URI_PARAMS limit, paths [/pets], delay 5",
			"GET /pets: sold by A ([status=sold], headers [Accept[application/json]], content <nil>) gives 200 application/json [], headers " +
				"[Content-Type[application/json]], criteria ",
			"GET /pets: two free by A ([limit=2 status=free], headers [Accept[application/json]], content <nil>) gives 200 application/json [1," +
				"2], headers [Content-Type[application/json]], criteria ?limit=2",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("operations (-want +got):\n%s", diff)
		}
		if strings.Contains(fmt.Sprint(view), "override") {
			t.Error("an override is shown")
		}

		// Back again: what was left of the vanished operation comes back with it,
		// and is replaced, since it is of the same artifact.
		c.serve(t, 1, c.pets("Pets"))
		c.start(t, id)
		n := 0
		for _, line := range outline(c.served(t, "Pets")) {
			if strings.HasPrefix(line, "GET /owners/:owner/pets: cats") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("examples of the operation that came back: %d", n)
		}

		// Another ending of the URL is another artifact: the old examples stay.
		other := c.importer(t, 2, url+"?x=1", map[string]any{"secretRef": c.key(t)})
		c.start(t, other)
		lines = outline(c.served(t, "Pets"))
		if want := "1.0 REST " + fileName(url) + "?x=1"; !slices.Contains(lines, want) || !slices.Contains(lines, wantOutline(url)[4]) {
			t.Errorf("after another URL: %s", strings.Join(lines, "\n"))
		}
	})
}

// The server holds the job document from the start of an import to its end:
// what others do to it meanwhile is undone.
func TestContractChangesDuringAnImportAreLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		url := c.serve(t, 1, c.pets("Pets"))
		key := c.key(t)
		changed := c.importer(t, 1, url, map[string]any{"secretRef": key})
		deleted := c.importer(t, 2, url, map[string]any{"secretRef": key})
		for _, id := range []string{changed, deleted} {
			c.source.ForgetRequests()
			hold := make(chan struct{})
			c.source.Fail(postman.Fault{Hold: hold})
			done := make(chan reply)
			go func() { done <- c.start(t, id) }()
			waitFor(t, "the download", func() bool { return len(c.source.Requests()) == 1 })
			if id == changed {
				c.do(t, "POST", "/jobs/"+id, map[string]any{"id": id, "name": c.name("changed"), "repositoryUrl": "http://elsewhere.test"})
			} else {
				c.do(t, "DELETE", "/jobs/"+id, nil).bare(t, http.StatusOK)
			}
			close(hold)
			if got := <-done; got.status != http.StatusOK {
				t.Fatal(got)
			}
			if job := c.get(t, "/jobs/"+id); job.body == "" || job.field(t, "repositoryUrl") != url || job.object(t)["active"] != true {
				t.Errorf("after the import: %v", job)
			}
		}
	})
}

// waitFor polls until something is so: a real server tells no other way.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestContractUpload(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		wrapped, err := postman.Wrap(c.pets("Pets"))
		if err != nil {
			t.Fatal(err)
		}
		got := c.upload(t, "file", "pets.json", wrapped)
		if got.status != http.StatusCreated || got.body != c.name("Pets")+":1.0" {
			t.Error(got)
		}
		if diff := cmp.Diff(wantOutline("/pets.json"), outline(c.served(t, "Pets"))); diff != "" {
			t.Errorf("service (-want +got):\n%s", diff)
		}
		got = c.upload(t, "file", "pets.json", bytes.Replace(wrapped, []byte("version=1.0 "), nil, 1))
		if got.status != http.StatusBadRequest || got.body != "Version property is missing in Collection description" {
			t.Error(got)
		}
		c.upload(t, "other", "pets.json", wrapped).generic(t, http.StatusBadRequest)
	})
}
