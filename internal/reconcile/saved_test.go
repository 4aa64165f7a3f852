package reconcile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"postman-microcks-importer/internal/delivery"
)

// harbour is a folder with one request and two examples, in which the one text stands for
// the other.
func harbour(replace ...string) delivery.Source {
	s := delivery.Source{Folder: &delivery.Folder{Path: "apis/Shop"}}
	for _, f := range txtar.Parse([]byte(strings.NewReplacer(replace...).Replace(harbourFiles))).Files {
		s.Add(f.Name, f.Data)
	}
	return s
}

const harbourFiles = `
-- .resources/definition.yaml --
$kind: collection
name: Harbour
description: version=1
-- ship.request.yaml --
$kind: http-request
url: '{{u}}/ships/:id'
-- .resources/ship.resources/examples/ada.example.yaml --
$kind: http-example
name: ada
request:
  url: '{{u}}/ships/:id'
  pathVariables: {id: '1'}
response:
  statusCode: 200
  headers:
    Content-Type: application/json
  body:
    type: json
    content: |-
      {
        "name": "Ada",
        "crew": [
          "Grace"
        ]
      }
-- .resources/ship.resources/examples/bea.example.yaml --
$kind: http-example
name: bea
request: {url: '{{u}}/ships/:id', pathVariables: {id: '2'}}
response:
  statusCode: 200
  body:
    type: json
    content: '{"name": "Bea"}'
`

// What consumers notice is told with the line of the repository that brings it about.
func TestNoticesHaveTheirLine(t *testing.T) {
	t.Parallel()
	const examples = "apis/Shop/.resources/ship.resources/examples/"
	const ada, bea = examples + "ada.example.yaml:", examples + "bea.example.yaml:"
	for name, c := range map[string]struct {
		replace []string
		want    string
	}{
		"a member of a text that has lines": {[]string{`"Ada"`, `7`}, ada + "14:0"},
		"one that is gone":                  {[]string{"    \"name\": \"Ada\",\n", ""}, ada + "14:0"},
		"the last":                          {[]string{"\n          \"Grace\"\n", "\n"}, ada + "16:0"},
		"the first":                         {[]string{"      {\n        \"name\": \"Ada\",", "      {\"name\": 1,"}, ada + "13:0"},
		"a text in quotes":                  {[]string{`{"name": "Bea"}`, `{"name": 1}`}, bea + "8:14"},
		"a text that is folded":             {[]string{`content: |-`, `content: >-`, `"Ada"`, `7`}, ada + "12:14"},
		"a status":                          {[]string{"  statusCode: 200\n  headers:", "  statusCode: 500\n  headers:"}, ada + "7:15"},
		"a header":                          {[]string{"Type: application/json", "Type: application/json\n    X-Of: 'Ada'"}, ada + "9:5"},
		"the name of an example":            {[]string{"name: bea", "name: cea"}, bea + "2:7"},
	} {
		told := againstBase(t, harbour(c.replace...), harbour(), "apis/Shop").Consumers
		if told == nil || len(told.Notices) != 1 {
			t.Errorf("%s: %+v", name, told)
			continue
		}
		n := told.Notices[0]
		if got := fmt.Sprintf("%s:%d:%d", n.File, n.Line, n.Column); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Where it is not known which example is meant, or a file has none, no line is told.
func TestNoticesWithoutALine(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string][]string{
		"two of one name": {"name: bea", "name: ada", "'{\"name\": \"Bea\"}'", "1"},
		"what is gone":    {"'{{u}}/ships/:id'\n  path", "'{{u}}/boats'\n  path"},
	} {
		for _, n := range againstBase(t, harbour(replace...), harbour(), "apis/Shop").Consumers.Notices {
			if n.Line != 0 || n.File != "" {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
	head, base := petsFile("1", "200", `{\"id\":1}`), petsFile("1", "200", `{\"id\":\"x\"}`)
	n := inBoth(t, map[string]string{"pets.json": head}, map[string]string{"pets.json": base}).Collections[0].Consumers.Notices[0]
	if at := strings.Index(head, `"body":`) + len(`"body":`) + 1; n.File != "pets.json" || n.Line != 1 || n.Column != at {
		t.Errorf("%+v, want column %d", n, at)
	}
}
