package reconcile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
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
		"a header":                          {[]string{"Type: application/json", "Type: application/json\n    X-Of: 'Ada'"}, ada + "10:5"},
		"a media type":                      {[]string{"Type: application/json", "Type: text/plain"}, ada + "9:5"},
		"the type of a body":                {[]string{"type: json\n    content: '", "type: xml\n    content: '"}, bea + "7:11"},
		"an end that is gone":               {[]string{"[\n          \"Grace\"\n        ]\n      }", "["}, ada + "15:0"},
		"an end that is gone, line break and all": {[]string{
			"content: |-", "content: |", "\n        \"crew\": [\n          \"Grace\"\n        ]\n      }", "",
		}, ada + "14:0"},
		"all that is gone": {[]string{
			"      {\n        \"name\": \"Ada\",\n        \"crew\": [\n          \"Grace\"\n        ]\n      }\n", "",
		}, ada + "12:14"},
		"a name that has lines": {[]string{"name: bea", "name: |-\n  cea"}, bea + "2:7"},
		"an answer of another operation": {[]string{
			"{id: '1'}", "{id: '9'}", "-- ship.request.yaml", "-- one.request.yaml --\n$kind: http-request\nurl: '{{u}}/ships/1'\n" +
				"-- .resources/one.resources/examples/ada.example.yaml --\n$kind: http-example\nname: ada\nrequest: {url: '{{u}}/ships/1'}\n" +
				"response: {statusCode: 200, headers: {Content-Type: application/json}, body: {type: json, content: '1'}}\n-- ship.request.yaml",
		}, "apis/Shop/.resources/one.resources/examples/ada.example.yaml:4:100"},
		"the name of an example": {[]string{"name: bea", "name: cea"}, bea + "2:7"},
	} {
		told := againstBase(t, harbour(c.replace...), harbour(), "apis/Shop").Consumers
		if told == nil || len(told.Notices) == 0 {
			t.Errorf("%s: %+v", name, told)
			continue
		}
		n := told.Notices[0]
		if got := fmt.Sprintf("%s:%d:%d", n.File, n.Line, n.Column); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Where it is not known which example is meant, or none answers any more, no line is told.
func TestNoticesWithoutALine(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string][]string{
		"two of one name":           {"name: bea", "name: ada", "'{\"name\": \"Bea\"}'", "1"},
		"nothing answers":           {"'{{u}}/ships/:id'\n  path", "'{{u}}/boats'\n  path"},
		"it answers other requests": {"{id: '1'}", "{id: '3'}"},
	} {
		for _, n := range againstBase(t, harbour(replace...), harbour(), "apis/Shop").Consumers.Notices {
			if n.Kind != result.NoticeAdded && (n.Line != 0 || n.File != "") {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
}

// An exported file has one line for the whole of a body.
func TestNoticesOfAFileHaveTheirLine(t *testing.T) {
	t.Parallel()
	head, base := petsFile("1", "200", `{\"id\":1}`), petsFile("1", "200", `{\"id\":\"x\"}`)
	at := strings.Index(head, `"body":`) + len(`"body":`) + 1
	for name, c := range map[string]struct {
		head string
		want string
	}{
		"as it is":               {head, fmt.Sprintf("pets.json:1:%d", at)},
		"with a byte order mark": {"\uFEFF" + head, fmt.Sprintf("pets.json:1:%d", at)},
		"in an envelope":         {"{\r\n\"collection\":\r\n" + head + "}", fmt.Sprintf("pets.json:3:%d", at)},
	} {
		n := inBoth(t, map[string]string{"pets.json": c.head}, map[string]string{"pets.json": base}).Collections[0].Consumers.Notices[0]
		if got := fmt.Sprintf("%s:%d:%d", n.File, n.Line, n.Column); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// An example of another artifact of the service is not taken for the one of its name that
// a file has.
func TestPlacesAreThoseOfTheArtifact(t *testing.T) {
	t.Parallel()
	of := func(body, url string, main bool, onto *predict.Service) (*delivery.Document, *predict.Import) {
		from, err := delivery.Uploaded(nil, []byte(petsFile("1", "200", body)), "")
		if err != nil {
			t.Fatal(err)
		}
		return from, predict.Read(from.Raw, predict.Options{}).Import(predict.Target{Main: main, URL: url, Existing: onto})
	}
	_, main := of(`{\"id\":1}`, "https://api.getpostman.com/collections/1-a", true, nil)
	from, file := of(`{\"id\":2}`, "pets.json", false, main.Service)
	examples := saved{}
	examples.add(&plan.Artifact{Judged: plan.Judged{Wanted: &plan.Wanted{File: "pets.json"}}}, from, file)
	all := file.Service.Operations[0].Examples
	if len(all) != 2 || all[0].Name != all[1].Name {
		t.Fatalf("%+v", all)
	}
	for i, want := range []string{"", "pets.json"} {
		p := examples.places([]consumer.Change{{Then: &all[i]}}, file.Service)[0].position()
		if string(p.File) != want || p.Line > 0 != (want != "") {
			t.Errorf("of %s: %+v", all[i].SourceArtifact, p)
		}
	}
}

// Paths of files take their part of the room.
func TestPlacesTakeRoom(t *testing.T) {
	t.Parallel()
	changes := make([]consumer.Change, 3)
	far := &savedExample{in: delivery.AsIs(nil), file: text.Untrusted(strings.Repeat("d/", 1000) + "pets.json")}
	places := []savedAt{{of: far}, {of: far}, {of: far}}
	for want, room := range map[int]int{1: 3000, 2: 5000} {
		if told := consumers(consumer.Noticed{Changes: changes}, places, result.AgainstBase, room); len(told.Notices) != want {
			t.Errorf("%d notices in %d bytes", len(told.Notices), room)
		}
	}
}
