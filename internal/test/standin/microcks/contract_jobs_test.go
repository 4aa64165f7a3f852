package microcks

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContractCreatedJobKeepsLabelsOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		got := c.do(t, "POST", "/jobs", map[string]any{
			"name": c.name("a"), "repositoryUrl": "http://127.0.0.1:1/collections/x", "createdDate": 7, "unknown": 1,
			"metadata": map[string]any{"createdOn": 5, "annotations": map[string]string{"a": "b"}, "labels": map[string]string{"$k/l": "v"}},
		})
		if got.status != http.StatusCreated {
			t.Fatal(got)
		}
		j := got.object(t)
		meta := j["metadata"].(map[string]any)
		if j["createdDate"].(float64) < 1e12 || meta["createdOn"].(float64) < 1e12 {
			t.Errorf("dates were kept: %v", got)
		}
		if diff := cmp.Diff(map[string]any{"$k/l": "v"}, meta["labels"]); diff != "" {
			t.Errorf("labels (-want +got):\n%s", diff)
		}
		if len(anyMap(meta["annotations"])) != 0 {
			t.Errorf("annotations were kept: %v", got)
		}
		_, shown := meta["annotations"]
		if shown != c.version.showsEmptyMaps() {
			t.Errorf("annotations shown: %t", shown)
		}
		for key, want := range map[string]any{
			"mainArtifact": true, "active": false, "repositoryDisableSSLValidation": false, "unknown": nil, "etag": nil, "serviceRefs": nil,
		} {
			if j[key] != want {
				t.Errorf("%s: got %v, want %v", key, j[key], want)
			}
		}
		if id := j["id"].(string); !objectID.MatchString(id) || c.get(t, "/jobs/"+id).body != got.body {
			t.Errorf("read again: %v", c.get(t, "/jobs/"+id))
		}
	})
}

func anyMap(v any) map[string]any { m, _ := v.(map[string]any); return m }

func TestContractSavedJobIsTheWholeDocument(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.id(1)
		full := map[string]any{
			"id": id, "name": c.name("full"), "repositoryUrl": "http://127.0.0.1:1/x", "mainArtifact": false, "active": true,
			"repositoryDisableSSLValidation": true, "frequency": "f", "createdDate": 4, "lastImportDate": 9, "lastImportError": "",
			"etag": "e", "metadata": map[string]any{"createdOn": 5, "lastUpdate": 6, "annotations": map[string]any{"a": "b"},
				"labels": map[string]any{"k": nil, "l": 1}},
			"secretRef":   map[string]any{"secretId": "s", "name": "n"},
			"serviceRefs": []any{map[string]any{"serviceId": "q", "name": "n", "version": "v"}},
			"unknown":     map[string]any{},
		}
		created := c.do(t, "POST", "/jobs/whatever", full)
		if created.status != http.StatusOK {
			t.Fatal(created)
		}
		got := c.get(t, "/jobs/"+id).object(t)
		meta := anyMap(got["metadata"])
		if meta["lastUpdate"].(float64) < 1e12 {
			t.Errorf("lastUpdate was kept: %v", meta)
		}
		delete(meta, "lastUpdate")
		want := full
		delete(want, "unknown")
		want["metadata"] = map[string]any{"createdOn": float64(5), "annotations": map[string]any{"a": "b"}, "labels": map[string]any{"l": "1"}}
		want["createdDate"], want["lastImportDate"] = float64(4), float64(9)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("saved (-want +got):\n%s", diff)
		}

		// A second document replaces it; what it leaves out is gone.
		c.do(t, "POST", "/jobs/"+c.id(99), map[string]any{"id": id, "name": c.name("less")})
		got = c.get(t, "/jobs/"+id).object(t)
		delete(got, "metadata")
		want = map[string]any{"id": id, "name": c.name("less"), "mainArtifact": true, "active": false, "repositoryDisableSSLValidation": false}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("replaced (-want +got):\n%s", diff)
		}
		if got := c.get(t, "/jobs/"+c.id(99)); got.body != "" {
			t.Errorf("the path's id counted: %v", got)
		}

		// A body without id is a new job, whatever the path says.
		fresh := c.do(t, "POST", "/jobs/"+id, map[string]any{"name": c.name("new")}).field(t, "id")
		if fresh == id || !objectID.MatchString(fresh) {
			t.Errorf("id of a new job: %q", fresh)
		}
	})
}

func TestContractJobIDs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.id(10)
		for _, name := range []string{"first", "second"} {
			if got := c.do(t, "POST", "/jobs", map[string]any{"id": id, "name": c.name(name)}); got.status != http.StatusCreated ||
				got.field(t, "id") != id {
				t.Fatal(got)
			}
		}
		jobs := c.get(t, "/jobs?name="+c.prefix).list(t)
		if len(jobs) != 1 || jobs[0]["name"] != c.name("second") {
			t.Errorf("one id, two posts: %v", jobs)
		}
		upper := fmt.Sprintf("%X", []byte(c.prefix)[2:10]) + "ABCDEF01"
		if got := c.do(t, "POST", "/jobs", map[string]any{"id": upper, "name": c.name("upper")}); got.field(t, "id") != upper {
			t.Errorf("the answer to a save shows the id as it was sent: %v", got)
		}
		lower := c.get(t, "/jobs/"+upper)
		if lower.field(t, "name") != c.name("upper") || lower.field(t, "id") == upper {
			t.Errorf("an id in upper case: %v", lower)
		}
		for range 2 { // names are not unique
			c.do(t, "POST", "/jobs", map[string]any{"name": c.name("twin")})
		}
		if jobs := c.get(t, "/jobs?name="+c.prefix+"+twin").list(t); len(jobs) != 2 {
			t.Errorf("twins: %v", jobs)
		}
	})
}

func TestContractJobsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		for _, path := range []string{"/jobs", "/jobs/x"} {
			for _, body := range []string{`{bad`, ``, `[]`, `"x"`, `{"name":{}}`, `{"active":"maybe"}`} {
				c.do(t, "POST", path, body).generic(t, http.StatusBadRequest)
			}
			for _, meta := range []string{`{"labels":{"a.b":"c"}}`} {
				c.do(t, "POST", path, `{"name":"`+c.name("dot")+`","metadata":`+meta+`}`).generic(t, http.StatusInternalServerError)
			}
		}
		dotted := c.do(t, "POST", "/jobs/x", `{"name":"`+c.name("dot")+`","metadata":{"annotations":{"a.b":"c"}}}`)
		dotted.generic(t, http.StatusInternalServerError)
		if jobs := c.get(t, "/jobs?name="+c.prefix).list(t); len(jobs) != 0 {
			t.Errorf("saved: %v", jobs)
		}
		got := c.do(t, "POST", "/jobs", `{"name":"`+c.name("null")+`","active":null}`)
		if c.version.refusesNullFlags() {
			got.generic(t, http.StatusBadRequest)
		} else if got.object(t)["active"] != false {
			t.Error(got)
		}
	})
}

func TestContractJobSearchIsARegularExpression(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		for _, name := range []string{"a.b", "aXb", "z [x]"} {
			c.do(t, "POST", "/jobs", map[string]any{
				"name": c.name(name), "metadata": map[string]any{"labels": map[string]string{"of": c.prefix + name}},
			})
		}
		tests := []struct {
			path string
			want []string
		}{
			{"/jobs?name=" + c.prefix + "+A.B", []string{"a.b", "aXb"}},
			{"/jobs?name=" + c.prefix + `+a%5C.b`, []string{"a.b"}},
			{"/jobs?name=%5CQ" + c.prefix + `+a.b%5CE`, []string{"a.b"}},
			{"/jobs?name=" + c.prefix[1:] + ".*x", []string{"aXb", "z [x]"}},
			{"/jobs?name=" + c.prefix + "&size=1&page=7", []string{"a.b", "aXb", "z [x]"}},
			{"/jobs?name=" + c.prefix + "&size=abc", nil},
			{"/jobs/search?name=" + c.prefix + "+a.b", []string{"a.b", "aXb"}},
			{"/jobs/search?labels.of=" + c.prefix + "aXb", []string{"aXb"}},
			{"/jobs/search?labels.of=" + c.prefix + "aXb&name=z", []string{}},
		}
		for _, tt := range tests {
			got := c.get(t, tt.path)
			if tt.want == nil {
				got.generic(t, http.StatusBadRequest)
				continue
			}
			names := []string{}
			for _, j := range got.list(t) {
				names = append(names, j["name"].(string)[len(c.prefix)+1:])
			}
			slices.Sort(names)
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.path, diff)
			}
		}
		c.get(t, "/jobs?name=%5Ba").generic(t, http.StatusInternalServerError)
		c.get(t, "/jobs/search").generic(t, http.StatusInternalServerError)
	})
}

func TestContractJobPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		for i := range 3 {
			c.do(t, "POST", "/jobs", map[string]any{"name": c.name(fmt.Sprint(i))})
		}
		seen := 0
		for page := 0; ; page++ {
			jobs := c.get(t, fmt.Sprintf("/jobs?page=%d&size=2", page)).list(t)
			if len(jobs) == 0 {
				break
			}
			for _, j := range jobs {
				if name, _ := j["name"].(string); len(name) > len(c.prefix) && name[:len(c.prefix)] == c.prefix {
					seen++
				}
			}
		}
		if c.fake != nil && seen != 3 { // on a shared server others move the pages
			t.Errorf("saw %d of 3", seen)
		}
		c.get(t, "/jobs?size=0").generic(t, http.StatusInternalServerError)
		c.get(t, "/jobs?page=-1").generic(t, http.StatusInternalServerError)
		c.get(t, "/jobs?size=abc").generic(t, http.StatusBadRequest)
		if n, _ := c.get(t, "/jobs/count").object(t)["counter"].(float64); n < 3 {
			t.Errorf("count: %v", n)
		}
		c.do(t, "PATCH", "/jobs/x", `{}`).generic(t, http.StatusMethodNotAllowed)
	})
}

func TestContractUnknownJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		c.get(t, "/jobs/"+c.id(404)).bare(t, http.StatusOK)
		path := "/jobs/" + c.id(404)
		if c.version.missingJobIs404() {
			for _, verb := range []string{"/activate", "/stop", "/start"} {
				c.do(t, "PUT", path+verb, nil).bare(t, http.StatusNotFound)
			}
			c.do(t, "DELETE", path, nil).bare(t, http.StatusNotFound)
			return
		}
		c.do(t, "PUT", path+"/stop", nil).generic(t, http.StatusInternalServerError)
		c.do(t, "PUT", path+"/start", nil).generic(t, http.StatusInternalServerError)
		if c.version.activatesOnlyJobs() {
			c.do(t, "PUT", path+"/activate", nil).bare(t, http.StatusForbidden)
		} else {
			c.do(t, "PUT", path+"/activate", nil).generic(t, http.StatusInternalServerError)
		}
		c.do(t, "DELETE", path, nil).bare(t, http.StatusOK)
	})
}

func TestContractActivateAndStop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.id(20)
		c.do(t, "POST", "/jobs/x", map[string]any{
			"id": id, "name": c.name("s"), "createdDate": 4,
			"metadata": map[string]any{"createdOn": 5, "annotations": map[string]string{"a": "b"}},
		})
		for verb, active := range map[string]bool{"activate": true, "stop": false} {
			got := c.do(t, "PUT", "/jobs/"+id+"/"+verb, nil).object(t)
			meta := anyMap(got["metadata"])
			if got["active"] != active || got["createdDate"] != float64(4) || meta["createdOn"] != float64(5) ||
				anyMap(meta["annotations"])["a"] != "b" {
				t.Errorf("%s: %v", verb, got)
			}
		}
		c.do(t, "DELETE", "/jobs/"+id, nil).bare(t, http.StatusOK)
		c.get(t, "/jobs/"+id).bare(t, http.StatusOK)
	})
}
