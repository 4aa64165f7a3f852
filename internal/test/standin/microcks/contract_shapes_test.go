package microcks

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shape wraps items into a collection of the test's own name.
func (c *contract) shape(name, items string) []byte {
	return fmt.Appendf(nil,
		`{"info":{"name":%q,"description":"version=1.0 x","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`+
			`"item":[%s]}`, c.name(name), items)
}

// Imports of several shapes: what appears is the same on every server.
func TestContractImportsOfSeveralShapes(t *testing.T) {
	t.Parallel()
	const example = `{"name":%q,"originalRequest":{"method":"GET","url":{"raw":%q,"query":[%s]}},"code":%s,"body":%s}`
	ex := func(name, raw, query, code, body string) string {
		return fmt.Sprintf(example, name, raw, query, code, body)
	}
	item := func(method, url string, examples ...string) string {
		return fmt.Sprintf(`{"name":"i","request":{"method":%q,"url":%s},"response":[%s]}`, method, url, strings.Join(examples, ","))
	}
	raw := func(url string) string { return fmt.Sprintf(`{"raw":%q}`, url) }
	tests := []struct {
		name  string
		items string
		want  string
	}{
		{"no items", ``, `1.0 REST A`},
		{"empty folder", `{"name":"f","item":[]}`, `1.0 REST A`},
		{"no examples", item("GET", raw("{{u}}/a")), "1.0 REST A\nGET /a: method GET, <nil> <nil>, paths [/a], delay <nil>\nGET /a: nothing"},
		{"one name twice, the first wins", item("GET", raw("{{u}}/a"), ex("one", "{{u}}/a", "", "200", `"1"`)) + "," +
			`{"name":"f","item":[` + item("GET", raw("{{u}}/a?q=1"), ex("two", "{{u}}/a?q=2", `{"key":"q","value":"2"}`, "404", `null`)) + `]}`,
			"1.0 REST A\nGET /a: method GET, <nil> <nil>, paths [/a], delay <nil>\n" +
				"GET /a: one by A ([], headers [], content <nil>) gives 200 <nil> 1, headers [], criteria <nil>\n" +
				"GET /a: two by A ([q=2], headers [], content <nil>) gives 404 <nil> , headers [], criteria <nil>"},
		{"text instead of a URL object",
			item("GET", `"{{u}}/a?q=1"`, `{"name":"one","originalRequest":{"method":"GET","url":"{{u}}/a?q=1"},"body":"1"}`),
			"1.0 REST A\nGET /a: method GET, URI_PARAMS q, paths [ /a], delay <nil>\n" +
				"GET /a: one by A ([], headers [], content <nil>) gives 200 <nil> 1, headers [], criteria "},
		{"names that differ in case", item("GET", raw("{{u}}/a"), ex("one", "{{u}}/a", "", "200", `"1"`)) + "," + item("GET", raw("{{u}}/A")),
			"1.0 REST A\nGET /A: method GET, <nil> <nil>, paths [/A /a], delay <nil>\n" +
				"GET /A: one by A ([], headers [], content <nil>) gives 200 <nil> 1, headers [], criteria <nil>\n" +
				"GET /a: method GET, <nil> <nil>, paths [/a], delay <nil>\n" +
				"GET /a: one by A ([], headers [], content <nil>) gives 200 <nil> 1, headers [], criteria <nil>"},
		{"no example request", item("GET", raw("{{u}}/a/:id"), `{"name":"one","code":200,"_postman_previewlanguage":"json","body":"{}"}`),
			"1.0 REST A\nGET /a/:id: method GET, URI_PARTS id, paths [], delay <nil>\n" +
				"GET /a/:id: one by A ([], headers [], content <nil>) gives 200 application/json {}, headers [], criteria "},
		{"GraphQL request without example",
			`{"name":"q","request":{"method":"POST","url":{"raw":"{{u}}/graphql"},"body":{"mode":"graphql","graphql":{"query":"{a}"}}}}`,
			"1.0 REST A\nPOST /graphql: method POST, <nil> <nil>, paths [/graphql], delay <nil>\nPOST /graphql: nothing"},
	}
	each(t, func(t *testing.T, c *contract) {
		key := c.key(t)
		for i, tt := range tests {
			name := fmt.Sprint("shape ", i)
			address := c.serve(t, i, c.shape(name, tt.items))
			got := c.start(t, c.importer(t, i, address, map[string]any{"secretRef": key}))
			if got.status != http.StatusOK || got.object(t)["lastImportError"] != nil {
				t.Errorf("%s: %v", tt.name, got)
				continue
			}
			lines := strings.ReplaceAll(strings.Join(outline(c.served(t, name)), "\n"), fileName(address), "A")
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(lines, "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
	})
}

// The database takes no document over about 16 MB.
func TestContractImportTooLarge(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("moves 17 MB; run without -short")
	}
	each(t, func(t *testing.T, c *contract) {
		if c.fake != nil && c.version != parseVersion("1.15.0") {
			t.Skip("the stand-in does the same at every version; one of them is enough for so much")
		}
		large := c.shape("Large",
			fmt.Sprintf(`{"name":"i","request":{"method":"GET","url":{"raw":"{{u}}/a"},"description":%q}}`, strings.Repeat("x", 17<<20)))
		c.start(t, c.importer(t, 1, c.serve(t, 1, large), map[string]any{"secretRef": c.key(t)})).generic(t, http.StatusInternalServerError)
	})
}
