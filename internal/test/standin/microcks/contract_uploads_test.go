package microcks

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
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
