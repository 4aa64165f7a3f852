package microcks

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// uploadable is a collection in the layout that all versions take for one.
func uploadable(name, version, example string) []byte {
	return []byte(`{"info":{` + "\n" + `"_postman_id":"x","name":"` + name + `","version":"` + version + `","schema":"` +
		`https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[{"name":"pets","request":{"method":"GET","url":` +
		`{"raw":"http://h/pets"}},"response":[{"name":"` + example + `","originalRequest":{"method":"GET","url":{"raw":"http://h/pets"}},` +
		`"code":200,"header":[{"key":"Content-Type","value":"application/json"}],"body":"{}"}]}]}`)
}

// uploadAs uploads a file as main or secondary artifact.
func (c *contract) uploadAs(t *testing.T, main bool, name string, content []byte) reply {
	t.Helper()
	return c.uploadTo(t, map[bool]string{true: "true", false: "false"}[main], "file", name, content)
}

// listed is the service of a name as it is listed; nil where there is none.
func (c *contract) listed(t *testing.T, name string) map[string]any {
	t.Helper()
	for _, doc := range c.get(t, "/services/search?name="+name).list(t) {
		if doc["name"] == name {
			return doc
		}
	}
	return nil
}

// examplesOf are the names of a service's examples with their artifacts.
func (c *contract) examplesOf(t *testing.T, id string) (all []string) {
	t.Helper()
	messages, _ := c.get(t, "/services/"+id+"?messages=true").object(t)["messagesMap"].(map[string]any)
	for _, list := range messages {
		for _, m := range list.([]any) {
			request := m.(map[string]any)["request"].(map[string]any)
			all = append(all, request["name"].(string)+" of "+request["sourceArtifact"].(string))
		}
	}
	slices.Sort(all)
	return all
}

// What an upload stores is named after its file, and its document is shown byte for byte.
func TestContractUploadedFile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Uploaded"
		first, second, more := uploadable(name, "1.0", "one"), uploadable(name, "1.0", "two"), uploadable(name, "1.0", "three")
		got := c.uploadAs(t, true, "a file.json", first)
		if got.status != http.StatusCreated || got.body != name+":1.0" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
			t.Fatalf("answered %v", got)
		}
		id := c.listed(t, name)["id"].(string)
		if c.listed(t, name)["sourceArtifact"] != "a file.json" {
			t.Errorf("stored as %v", c.listed(t, name))
		}
		c.do(t, "PUT", "/services/"+id+"/metadata", map[string]any{
			"labels": map[string]string{"a": "b"}, "annotations": map[string]string{"c": "d"},
		})
		c.uploadAs(t, true, "a file.json", second)
		c.uploadAs(t, false, "more.json", more)
		if got, want := c.examplesOf(t, id), []string{"three of more.json", "two of a file.json"}; !slices.Equal(got, want) {
			t.Errorf("examples %v, want %v", got, want)
		}
		metadata := c.listed(t, name)["metadata"].(map[string]any)
		if metadata["labels"].(map[string]any)["a"] != "b" || metadata["annotations"].(map[string]any)["c"] != "d" {
			t.Errorf("labels did not survive: %v", metadata)
		}
		contents := map[string]string{}
		for _, doc := range c.get(t, "/resources/service/"+id).list(t) {
			contents[doc["sourceArtifact"].(string)] = doc["content"].(string)
		}
		if len(contents) != 2 || contents["a file.json"] != string(second) || contents["more.json"] != string(more) {
			t.Errorf("documents %v", contents)
		}
	})
}

// A secondary artifact without its service is answered as if it were stored, and a
// collection without a version with the reason.
func TestContractUploadsThatStoreNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Alone"
		if got := c.uploadAs(t, false, "x.json", uploadable(name, "1.0", "one")); got.status != http.StatusCreated {
			t.Errorf("a secondary alone: %v", got)
		}
		if c.listed(t, name) != nil {
			t.Errorf("a secondary alone made %v", c.listed(t, name))
		}
		versionless := bytes.Replace(uploadable(name, "1.0", "one"), []byte(`"version":"1.0",`), nil, 1)
		got := c.uploadAs(t, true, "x.json", versionless)
		if got.status != http.StatusBadRequest || got.body != "Version property is missing in Collection description" {
			t.Errorf("without a version: %v", got)
		}
	})
}

// A server takes 2 MiB and not one byte more.
func TestContractUploadSize(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Large"
		bare := uploadable(name, "1.0", "one")
		for size, want := range map[int]int{DefaultUpload: http.StatusCreated, DefaultUpload + 1: http.StatusRequestEntityTooLarge} {
			padded := bytes.Replace(bare, []byte(`"body":"{}"`), []byte(`"body":"`+strings.Repeat("x", size-len(bare)+2)+`"`), 1)
			if got := c.uploadAs(t, true, "large.json", padded); got.status != want || want != http.StatusCreated && len(got.body) > 0 {
				t.Errorf("%d bytes: %d %q", len(padded), got.status, got.body)
			}
		}
	})
}

// A file's name is kept as it is: nothing in it is an escape or a path.
func TestContractUploadNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Named"
		for _, file := range []string{
			"a b.json", "dir/a.json", `C:\x\a.json`, "a%20b.json", "%22.json", "a;x=1.json", "a+b?c=1", "ü€.json", `a"b.json`, "..",
		} {
			if got := c.uploadAs(t, true, file, uploadable(name, "1.0", "one")); got.status != http.StatusCreated {
				t.Fatalf("%s: %v", file, got)
			}
			one := c.listed(t, name)
			if one["sourceArtifact"] != file {
				t.Errorf("%s is stored as %v", file, one["sourceArtifact"])
			}
			if all := c.examplesOf(t, one["id"].(string)); !slices.Contains(all, "one of "+file) {
				t.Errorf("%s has the examples %v", file, all)
			}
		}
	})
}

// What is no form with a file, and what is no file to import.
func TestContractUploadForms(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Form"
		document := uploadable(name, "1.0", "one")
		c.uploadAs(t, true, "x.json", nil).bare(t, http.StatusNoContent)
		c.uploadAs(t, true, "x.xml", []byte("<?xml version=\"1.0\"?>\n<a/>")).bare(t, http.StatusNoContent)
		c.uploadTo(t, "perhaps", "file", "x.json", document).generic(t, http.StatusBadRequest)
		c.uploadTo(t, "true", "other", "x.json", document).generic(t, http.StatusBadRequest)
		c.do(t, "POST", "/artifact/upload", string(document)).generic(t, http.StatusInternalServerError)
		c.do(t, "GET", "/artifact/upload", nil).generic(t, http.StatusMethodNotAllowed)
		for main, stored := range map[string]bool{"0": false, "FALSE": false, "no": false, "": true, "1": true} {
			if got := c.uploadTo(t, main, "file", "x.json", document); got.status != http.StatusCreated || got.body != name+":1.0" {
				t.Errorf("mainArtifact=%s: %v", main, got)
			}
			one := c.listed(t, name)
			if (one != nil) != stored {
				t.Errorf("mainArtifact=%s: stored %v", main, one)
			}
			if one != nil {
				c.do(t, "DELETE", "/services/"+one["id"].(string), nil)
			}
		}
	})
}

// A collection adds examples to the service of a schema, which it replaces as main
// artifact. Behind the wrapper of Postman's API its GraphQL examples break the import.
func TestContractUploadsOfGraphQL(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Films"
		schema := "# microcksId: " + name + " : 1.0\nschema {\n  query: Query\n  mutation: Mutation\n}\ntype Film {\n  id: String!\n}\n" +
			"type Query {\n  all: [Film]\n  film(id: String!, year: Int): Film\n}\ntype Mutation {\n  star(ids: [String]): Film\n}\n"
		if got := c.uploadAs(t, true, "films.graphql", []byte(schema)); got.status != http.StatusCreated || got.body != name+":1.0" {
			t.Fatalf("the schema: %v", got)
		}
		id := c.listed(t, name)["id"].(string)
		want := []string{
			"1.0 GRAPHQL films.graphql", "all: method QUERY, <nil> <nil>, paths [], delay <nil>", "all: nothing",
			"film: method QUERY, QUERY_ARGS id && year, paths [], delay <nil>", "film: nothing",
			"star: method MUTATION, <nil> <nil>, paths [], delay <nil>", "star: nothing",
		}
		if diff := cmp.Diff(want, outline(c.get(t, "/services/"+id).object(t))); diff != "" {
			t.Errorf("the schema (-want +got):\n%s", diff)
		}

		const query, answer = `query film($id: String!, $year: Int) {\n film(id: $id, year: $year) { id }\n}`, `{"data":{"film":{"id":"7"}}}`
		const graph = `{"mode":"graphql","graphql":{"query":"` + query + `","variables":"{\"id\":\"7\",\"year\":1}"}}`
		collection := `{"info":{` + "\n" + `"_postman_id":"x","name":"` + name + `","version":"1.0","schema":"x"},"item":[{"name":"film",` +
			`"request":{"method":"POST","url":{"raw":"http://film"},"body":` + graph + `},"response":[{"name":"seven","originalRequest":{` +
			`"method":"POST","url":{"raw":"{{url}}"},"body":` + graph + `},"code":200,` +
			`"_postman_previewlanguage":"json","body":` + strconv.Quote(answer) + `}]}]}`
		if got := c.uploadAs(t, false, "films.json", []byte(collection)); got.status != http.StatusCreated || got.body != name+":1.0" {
			t.Fatalf("the collection: %v", got)
		}
		sent := `{"query": "` + query + `", "variables": {"id":"7","year":1}}`
		want[4] = "film: seven by films.json ([], headers [], content " + sent + ") gives 200 application/json " + answer +
			", headers [], criteria ?year=1?id=7"
		slices.Sort(want)
		if diff := cmp.Diff(want, outline(c.get(t, "/services/"+id).object(t))); diff != "" {
			t.Errorf("the collection (-want +got):\n%s", diff)
		}
		got := send1(t, "POST", c.url+"/graphql/"+name+"/1.0", http.Header{"Content-Type": {"application/json"}}, sent)
		if got.status != http.StatusOK || got.body != answer {
			t.Errorf("the example's own query: %v", got)
		}
		documents := map[any]any{}
		for _, doc := range c.get(t, "/resources/service/"+id).list(t) {
			documents[doc["name"]] = []any{doc["type"], doc["sourceArtifact"], doc["content"], doc["mainArtifact"]}
		}
		main, secondary := any(true), any(false)
		if !c.version.tellsMainResources() {
			main, secondary = nil, nil
		}
		if diff := cmp.Diff(map[any]any{
			name + "-1.0.graphql": []any{"GRAPHQL_SCHEMA", "films.graphql", schema, main},
			name + "-1.0.json":    []any{"POSTMAN_COLLECTION", "films.json", collection, secondary},
		}, documents); diff != "" {
			t.Errorf("documents (-want +got):\n%s", diff)
		}

		if got := c.uploadAs(t, true, "films.json", []byte(collection)); got.status != http.StatusCreated {
			t.Errorf("the collection as main artifact: %v", got)
		}
		if one := c.listed(t, name); one["id"] != id || one["type"] != "REST" {
			t.Errorf("the collection as main artifact: %v", one)
		}
		wrapped := `{"collection":` + strings.Replace(collection, "\n", "", 1) + `}`
		c.uploadAs(t, true, "wrapped.json", []byte(wrapped)).generic(t, http.StatusInternalServerError)
		c.do(t, "DELETE", "/services/"+id, nil).bare(t, http.StatusOK)
		if left := c.get(t, "/resources/service/"+id); left.body != "[]" {
			t.Errorf("documents are left: %v", left)
		}
	})
}

// An upload and an import at once make a new service twice, too.
func TestUploadBesideAnImport(t *testing.T) {
	t.Parallel()
	c := standIn(t, Options{})
	job := c.importer(t, 1, c.serve(t, 1, c.pets("Pets")), map[string]any{"secretRef": c.key(t)})
	var both sync.WaitGroup
	both.Add(2)
	c.fake.SetHooks(Hooks{AfterDownload: func(string) { both.Done(); both.Wait() }})
	var writers sync.WaitGroup
	writers.Go(func() { c.start(t, job) })
	writers.Go(func() { c.uploadAs(t, true, "x.json", mustWrap(t, c.pets("Pets"))) })
	writers.Wait()
	if n := len(c.fake.Services()); n != 2 {
		t.Errorf("%d services", n)
	}
}

// Before 1.14.0 two uploads of one moment have one file. Here the second is stored while
// the first is not read yet, which is then imported to its end; or the second is.
func TestUploadsOfOneMoment(t *testing.T) {
	t.Parallel()
	const lost = "500 Exception while writing uploaded item"
	for version, want := range map[string]struct{ first, second, stored string }{
		"1.9.0":  {"201 second:1.0", "201 second:1.0", "second of first.json, second of second.json"},
		"1.10.0": {"201 second:1.0", "400 /tmp/microcks-946684800000.artifact", "second of first.json"},
		"1.13.0": {"201 second:1.0", "400 /tmp/microcks-946684800000.artifact", "second of first.json"},
		"1.14.0": {"201 first:1.0", "201 second:1.0", "first of first.json, second of second.json"},
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			first, second, stored := momentary(t, version, true)
			if first != want.first || second != want.second || stored != want.stored {
				t.Errorf("one after the other: %s and %s, stored %s", first, second, stored)
			}
			first, _, _ = momentary(t, version, false)
			if late := map[string]string{"1.10.0": lost}[version]; late != "" && first != late {
				t.Errorf("both read before either is imported: %s", first)
			}
		})
	}
}

// momentary uploads two files in one moment: the second is stored when the first is, and
// read when the first is imported (apart), or before.
func momentary(t *testing.T, version string, apart bool) (first, second, stored string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fake := New(Options{Version: version})
		send := func(name string) string {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			part, _ := form.CreateFormFile("file", name+".json")
			_, _ = part.Write(uploadable(name, "1.0", name))
			_ = form.Close()
			r := httptest.NewRequest(http.MethodPost, "/api/artifact/upload", &body)
			r.Header.Set("Content-Type", form.FormDataContentType())
			w := httptest.NewRecorder()
			fake.ServeHTTP(w, r)
			return strconv.Itoa(w.Code) + " " + w.Body.String()
		}
		bothStored, firstRead, firstEnded := make(chan struct{}), make(chan struct{}), make(chan struct{})
		secondEnded := make(chan struct{})
		fake.SetHooks(Hooks{BeforeReading: func(file string) {
			switch {
			case file == "first.json":
				<-bothStored
			case apart:
				close(bothStored)
				<-firstEnded
			default:
				close(bothStored)
				<-firstRead
			}
		}, AfterDownload: func(file string) {
			if file == "first.json" && !apart {
				close(firstRead)
				<-secondEnded
			}
		}})
		var both sync.WaitGroup
		both.Go(func() { first = send("first"); close(firstEnded) })
		synctest.Wait()
		both.Go(func() { second = send("second"); close(secondEnded) })
		both.Wait()
		var all []string
		for _, one := range fake.Services() {
			for _, op := range one.Operations {
				for _, ex := range op.Examples {
					all = append(all, ex.Name+" of "+ex.SourceArtifact)
				}
			}
		}
		slices.Sort(all)
		stored = strings.Join(all, ", ")
	})
	return first, second, stored
}

// While a service exists twice, its uploads are answered 500.
func TestContractUploadOfADoubledService(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		name := c.prefix + "Twice"
		if !c.double(t, name) {
			t.Skip("no two uploads met")
		}
		if got := c.uploadAs(t, true, "x.json", uploadable(name, "1.0", "one")); got.status != http.StatusInternalServerError {
			t.Errorf("answered %v", got)
		}
	})
}

// double makes a service exist twice: by uploads at the same time, which meet often.
func (c *contract) double(t *testing.T, name string) bool {
	t.Helper()
	ready := make(chan struct{}) // for the second one: the first has looked the service up
	if c.fake != nil {
		var both sync.WaitGroup
		var once sync.Once
		both.Add(2)
		c.fake.SetHooks(Hooks{AfterDownload: func(string) { once.Do(func() { close(ready) }); both.Done(); both.Wait() }})
		defer c.fake.SetHooks(Hooks{})
	} else {
		close(ready)
		uploading.Lock()
		defer uploading.Unlock()
	}
	one := func() { c.uploadBeside(t, "true", "file", "x.json", uploadable(name, "1.0", "one")) }
	for range 20 {
		var uploads sync.WaitGroup
		uploads.Go(one)
		uploads.Go(func() { <-ready; one() })
		uploads.Wait()
		var ids []string
		for _, doc := range c.get(t, "/services/search?name="+name).list(t) {
			ids = append(ids, doc["id"].(string))
		}
		if len(ids) > 1 {
			return true
		}
		for _, id := range ids {
			c.do(t, "DELETE", "/services/"+id, nil)
		}
	}
	return false
}
