package consumer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

type object = map[string]any

// collection of lines "GET /pets/:id?x=1 | example | id=1 ?x=1 | 200 application/json | body": the request of an
// operation, then an example of it with the values of its path and its query, its status,
// media type and further headers ("A: b"), and its body. Lines of one request belong to one operation; one
// without an example has none.
func collection(t testing.TB, lines ...string) []byte {
	t.Helper()
	var items []object
	at := map[string]object{}
	for _, line := range lines {
		cells := strings.SplitN(line, " | ", 5)
		name := cells[0]
		method, path, _ := strings.Cut(name, " ")
		item := at[name]
		if item == nil {
			item = object{
				"name": name, "request": object{"method": method, "url": object{"raw": "{{u}}" + path}}, "response": []object{},
			}
			at[name], items = item, append(items, item)
		}
		if len(cells) == 1 {
			continue
		}
		raw, _, _ := strings.Cut(path, "?")
		var variables, headers []object
		for _, value := range strings.Fields(cells[2]) {
			if value[0] == '?' {
				raw += value
				continue
			}
			k, v, _ := strings.Cut(value, "=")
			variables = append(variables, object{"key": k, "value": v})
		}
		code, rest, _ := strings.Cut(cells[3], " ")
		for i, header := range strings.Split(rest, ", ") {
			k, v, named := strings.Cut(header, ": ")
			if i == 0 && !named {
				k, v = "Content-Type", header
			}
			if v != "" {
				headers = append(headers, object{"key": k, "value": v})
			}
		}
		body := ""
		if len(cells) == 5 {
			body = cells[4]
		}
		item["response"] = append(item["response"].([]object), object{
			"name": cells[1], "code": json.Number(code), "header": headers, "body": body, "originalRequest": object{
				"method": method, "url": object{"raw": "{{u}}" + raw, "variable": variables},
			},
		})
	}
	raw, err := json.Marshal(object{"collection": object{"info": object{"name": "Pets", "description": "version=1.0 x"}, "item": items}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// service that a server makes of a collection; nil of none.
func service(t testing.TB, version string, raw []byte) *predict.Service {
	t.Helper()
	s := predict.Read(raw, predict.Options{Version: version}).Import(predict.Target{Main: true}).Service
	if s == nil {
		t.Fatalf("no service: %s", raw)
	}
	return s
}

// told is what was noticed, a line for each change: "! " before what is breaking, the kind, the
// request below the service, the examples, and the differences, with "!" before those that break.
func told(n consumer.Noticed) string {
	var lines []string
	for _, c := range n.Changes {
		line := string(c.Kind) + " " + strings.Replace(string(c.Request), "/rest/Pets/1.0", "", 1)
		if c.Breaking {
			line = "! " + line
		}
		if c.Accept != "" {
			line += " as " + string(c.Accept)
		}
		if c.Example != "" {
			line += " " + string(c.Example)
		}
		if c.Successor != "" {
			line += " → " + string(c.Successor)
		}
		if c.Breaker != "" {
			line += " by " + string(c.Breaker)
		}
		var differences []string
		for _, d := range c.Differences {
			text := string(d.Aspect)
			if d.At != "" {
				text += " " + string(d.At)
			}
			from, to := "-", "-"
			if d.From != nil {
				from = string(*d.From)
			}
			if d.To != nil {
				to = string(*d.To)
			}
			if d.Breaking {
				text = "!" + text
			}
			differences = append(differences, text+" "+from+" → "+to)
		}
		if c.MoreDifferences > 0 {
			differences = append(differences, fmt.Sprint(c.MoreDifferences, " more"))
		}
		if len(differences) > 0 {
			line += ": " + strings.Join(differences, "; ")
		}
		lines = append(lines, line)
	}
	if n.Untold > 0 {
		lines = append(lines, fmt.Sprint(n.Untold, " untold"))
	}
	return strings.Join(lines, "\n")
}

// Each row is a sentence of the specification: what is noticed when one collection becomes
// another one, and the other way round.
func TestNotices(t *testing.T) {
	t.Parallel()
	const pet = "GET /pets/:id | one | id=1 | 200 application/json | "
	with := func(body string) []string { return []string{pet + body} }
	for _, c := range []struct {
		says        string
		version     string
		now, then   []string // nil: no service
		there, back string
	}{
		{says: "the same: nothing", now: with(`{"id":1}`), then: with(`{"id":1}`)},
		{
			says:  "no service any more: all answers are lost; a new one: all is added",
			now:   with(`{"id":1}`),
			then:  nil,
			there: "! removed GET /pets/1 one", back: "added GET /pets/1",
		},
		{
			says:  "no answer any more",
			now:   []string{pet, "GET /pets/:id | two | id=2 | 200 application/json | {}"},
			then:  with(""),
			there: "! removed GET /pets/2 two: !status 200 → 400", back: "added GET /pets/2 two",
		},
		{
			says:  "no operation any more",
			now:   []string{pet, "GET /cats | all |  | 404 text/plain | none"},
			then:  with(""),
			there: "! removed GET /cats all", back: "added GET /cats",
		},
		{
			says:  "another method",
			now:   []string{"PUT /pets | put |  | 200 text/plain | x"},
			then:  []string{"POST /pets | put |  | 200 text/plain | x"},
			there: "! removed PUT /pets put: !status 200 → 404\nadded POST /pets",
			back:  "! removed POST /pets put: !status 200 → 404\nadded PUT /pets",
		},
		{
			says:  "a status of another class",
			now:   []string{"GET /a | x |  | 200 text/plain | x"},
			then:  []string{"GET /a | x |  | 500 text/plain | other"},
			there: "! changed GET /a x: !status 200 → 500", back: "! changed GET /a x: !status 500 → 200",
		},
		{
			says: "a status of the same class",
			now:  []string{"GET /a | x |  | 200 text/plain | x"}, then: []string{"GET /a | x |  | 201 text/plain | x"},
			there: "changed GET /a x: status 200 → 201", back: "changed GET /a x: status 201 → 200",
		},
		{
			says: "another media type",
			now:  []string{"GET /a | x |  | 200 text/plain | x"}, then: []string{"GET /a | x |  | 200 text/html | x"},
			there: "! changed GET /a x: !media-type text/plain → text/html",
			back:  "! changed GET /a x: !media-type text/html → text/plain",
		},
		{
			says: "parameters of a media type, and how it is written", now: []string{"GET /a | x |  | 200 text/plain | x"},
			then:  []string{"GET /a | x |  | 200 Text/plain; charset=utf-8 | x"},
			there: "changed GET /a x: media-type text/plain → Text/plain; charset=utf-8",
			back:  "changed GET /a x: media-type Text/plain; charset=utf-8 → text/plain",
		},
		{
			says: "without a media type it is whatever is asked for",
			now:  []string{"GET /a | x |  | 200 text/plain | x"}, then: []string{"GET /a | x |  | 200 | x"},
			there: "changed GET /a x: media-type text/plain → -", back: "changed GET /a x: media-type - → text/plain",
		},
		{
			says: "a member of JSON gone, or new", now: with(`{"id":1,"tags":["a"]}`), then: with(`{"id":1}`),
			there: "! changed GET /pets/1 one: !member $.tags array → -",
			back:  "changed GET /pets/1 one: member $.tags - → array",
		},
		{
			says: "a member of another type", now: with(`{"a":{"b":[{"c":1}]}}`), then: with(`{"a":{"b":[{"c":"1"}]}}`),
			there: "! changed GET /pets/1 one: !type $.a.b[0].c number → string",
			back:  "! changed GET /pets/1 one: !type $.a.b[0].c string → number",
		},
		{
			says:  "other values",
			now:   with(`{"a":1,"b":true,"c":"x","d":null}`),
			then:  with(`{"d":null,"a":2,"b":false,"c":"y"}`),
			there: `changed GET /pets/1 one: value $.a 1 → 2; value $.b true → false; value $.c "x" → "y"`,
			back:  `changed GET /pets/1 one: value $.a 2 → 1; value $.b false → true; value $.c "y" → "x"`,
		},
		{says: "the order of members and white space", now: with(`{"a":1,"b":2}`), then: with("{ \"b\": 2,\n\"a\": 1 }")},
		{
			says: "null is no value", now: with(`{"a":null}`), then: with(`{"a":"x"}`),
			there: "changed GET /pets/1 one: type $.a null → string",
			back:  "! changed GET /pets/1 one: !type $.a string → null",
		},
		{
			says: "a member that is null is there", now: with(`{"a":null}`), then: with(`{}`),
			there: "! changed GET /pets/1 one: !member $.a null → -",
			back:  "changed GET /pets/1 one: member $.a - → null",
		},
		{
			says:  "arrays, element by element as far as both go",
			now:   with(`[{"a":1},{"b":1},3]`),
			then:  with(`[{"a":1},{}]`),
			there: "! changed GET /pets/1 one: !member $[1].b number → -; length $ 3 → 2",
			back:  "changed GET /pets/1 one: length $ 2 → 3; member $[1].b - → number",
		},
		{
			says: "an array that becomes empty is a change", now: with(`{"list":[1]}`), then: with(`{"list":[]}`),
			there: "changed GET /pets/1 one: length $.list 1 → 0", back: "changed GET /pets/1 one: length $.list 0 → 1",
		},
		{
			says:  "of elements of an array, what is the same is told once",
			now:   with(`[{"a":1},{"a":2}]`),
			then:  with(`[{"a":""},{"a":""}]`),
			there: "! changed GET /pets/1 one: !type $[0].a number → string",
			back:  "! changed GET /pets/1 one: !type $[0].a string → number",
		},
		{
			says: "JSON that is none any more", now: with(`{"a":1}`), then: with(`{"a":1`),
			there: "! changed GET /pets/1 one: !member $ object → -",
			back:  `changed GET /pets/1 one: body {"a":1 → {"a":1}`,
		},
		{
			says:  "JSON without its media type",
			now:   []string{"GET /a | x |  | 200 text/plain | {\"a\":1}"},
			then:  []string{"GET /a | x |  | 200 text/plain | {}"},
			there: "! changed GET /a x: !member $.a number → -", back: "changed GET /a x: member $.a - → number",
		},
		{
			says:  "a number in plain text is a text",
			now:   []string{"GET /a | x |  | 200 text/plain | 12"},
			then:  []string{"GET /a | x |  | 200 text/plain | true"},
			there: "changed GET /a x: body 12 → true", back: "changed GET /a x: body true → 12",
		},
		{
			says:  "a body that is gone, or new",
			now:   []string{"GET /a | x |  | 200 text/plain | x"},
			then:  []string{"GET /a | x |  | 200 text/plain | "},
			there: "! changed GET /a x: !body x → -", back: "changed GET /a x: body - → x",
		},
		{
			says:  "no content",
			now:   with(`{"a":1}`),
			then:  []string{"GET /pets/:id | one | id=1 | 204 application/json | "},
			there: "! changed GET /pets/1 one: !member $ object → -; status 200 → 204",
			back:  `changed GET /pets/1 one: status 204 → 200; body - → {"a":1}`,
		},
		{
			says:  "headers",
			now:   []string{"GET /a | x |  | 200 text/plain, X-A: 1, X-B: 2 | x"},
			then:  []string{"GET /a | x |  | 200 text/plain, x-a: 1, X-B: 3, X-C: 4 | x"},
			there: "changed GET /a x: header X-B 2 → 3; header X-C - → 4",
			back:  "changed GET /a x: header X-B 3 → 2; header X-C 4 → -",
		},
		{
			says:  "another name of the same answer",
			now:   with(`{"a":1}`),
			then:  []string{"GET /pets/:id | uno | id=1 | 200 application/json | {\"a\":1}"},
			there: "renamed GET /pets/1 one → uno", back: "renamed GET /pets/1 uno → one",
		},
		{
			says:  "another name and another answer",
			now:   with(`{"a":1}`),
			then:  []string{"GET /pets/:id | uno | id=1 | 200 application/json | {\"a\":2}"},
			there: "changed GET /pets/1 one → uno: value $.a 1 → 2",
			back:  "changed GET /pets/1 uno → one: value $.a 2 → 1",
		},
		{
			says: "another name of a part of the path",
			now:  with(`{}`),
			then: []string{"GET /pets/:pet | one | pet=1 | 200 application/json | {}"},
		},
		{
			says:  "another path",
			now:   with(`{}`),
			then:  []string{"GET /animals/:id | one | id=1 | 200 application/json | {}"},
			there: "! removed GET /pets/1 one: !status 200 → 404\nadded GET /animals/1",
			back:  "! removed GET /animals/1 one: !status 200 → 404\nadded GET /pets/1",
		},
		{
			says: "another parameter in the query", now: []string{"GET /find?q=a | a | ?q=1 | 200 text/plain | x"},
			then:  []string{"GET /find?word=a | a | ?word=1 | 200 text/plain | x"},
			there: "! removed GET /find?q=1 a: !status 200 → 400\nadded GET /find?word=1 a",
			back:  "! removed GET /find?word=1 a: !status 200 → 400\nadded GET /find?q=1 a",
		},
		{
			says: "a dispatcher that selects otherwise", now: []string{"GET /find | a |  | 200 text/plain | x"},
			then:  []string{"GET /find?q=1 | a | ?q=1 | 200 text/plain | x"},
			there: "! removed GET /find a: !status 200 → 400", back: "added GET /find a",
		},
		{
			says: "an operation that takes another's requests", now: []string{"GET /pets/:name | one | name=mine | 200 text/plain | x"},
			then:  []string{"GET /pets/:name | one | name=mine | 200 text/plain | x", "GET /pets/mine | mine |  | 404 text/plain | x"},
			there: "! changed GET /pets/mine one → mine: !status 200 → 404",
			back:  "! changed GET /pets/mine mine → one: !status 404 → 200",
		},
		{
			says:  "one of several candidates is still compatible",
			now:   []string{"POST /a | made |  | 201 text/plain | x", "POST /a | bad |  | 400 text/plain | y"},
			then:  []string{"POST /a | made |  | 201 text/plain | z", "POST /a | bad |  | 500 text/plain | y"},
			there: "changed POST /a made: body x → z\nchanged POST /a bad: status 400 → 500",
			back:  "changed POST /a made: body z → x\nchanged POST /a bad: status 500 → 400",
		},
		{
			says:  "no candidate is compatible with any",
			now:   []string{"POST /a | made |  | 201 text/plain | x", "POST /a | bad |  | 400 text/plain | y"},
			then:  []string{"POST /a | made |  | 201 text/html | x", "POST /a | bad |  | 500 text/plain | y"},
			there: "! changed POST /a as text/plain made → bad: !status 201 → 500",
			back: "! changed POST /a as text/html made: !media-type text/html → text/plain\n" +
				"! changed POST /a as text/plain bad → made: !status 500 → 201",
		},
		{
			says:  "a candidate more, or less",
			now:   []string{"POST /a | made |  | 201 text/plain | x"},
			then:  []string{"POST /a | made |  | 201 text/plain | x", "POST /a | bad |  | 500 text/plain | y"},
			there: "added POST /a bad",
			back:  "removed POST /a bad",
		},
		{
			says:  "the only good candidate goes",
			now:   []string{"POST /a | made |  | 201 text/plain | x", "POST /a | bad |  | 500 text/plain | y"},
			then:  []string{"POST /a | bad |  | 500 text/plain | y"},
			there: "removed POST /a made",
			back:  "added POST /a made",
		},
		{
			says:  "what is asked for by media type",
			now:   []string{"GET /a | j |  | 200 a/j | x", "GET /a | x |  | 200 a/x | y"},
			then:  []string{"GET /a | j |  | 200 a/j | x"},
			there: "! changed GET /a as a/x x → j: !media-type a/x → a/j",
			back:  "added GET /a as a/x x",
		},
		{
			says:  "an example that the server cannot send, now or then",
			now:   []string{"GET /a | x |  | 200 text/plain | x"},
			then:  []string{"GET /a | x |  | 449 text/plain | x"},
			there: "! changed GET /a x: !status 200 → 500; !flaw - → status",
			back:  "changed GET /a x: status 500 → 200",
		},
		{
			says:  "what nobody could get, nobody loses",
			now:   []string{"GET /a | x |  | 449 text/plain | x"},
			then:  []string{"GET /b | x |  | 200 text/plain | x"},
			there: "added GET /b", back: "! removed GET /b x: !status 200 → 404",
		},
		{
			says:  "a length that is wrong",
			now:   []string{"GET /a | x |  | 200 text/plain | abc"},
			then:  []string{"GET /a | x |  | 200 text/plain, Content-Length: 9 | abc"},
			there: "! changed GET /a x: !flaw - → length", back: "changed GET /a x: flaw length → -",
		},
		{
			says: "an operation whose name breaks its siblings' calls", now: []string{"GET /a/:id | x | id=1 b | 200 text/plain | x"},
			then:  []string{"GET /a/:id | x | id=1 b | 200 text/plain | x", "GET /q0/{{b}}/c | y |  | 200 text/plain | x"},
			there: "! removed GET /a/1 x by GET /q0/{{b}}/c: !status 200 → 500", back: "added GET /a/1 x",
		},
		{
			says: "an operation or example that nobody can see",
			now:  with("{}"),
			then: []string{pet + "{}", "GET /cats", "COPY /a | x |  | 200 text/plain | x"},
		},
		{
			says: "the order of operations and examples",
			now:  []string{pet + "{}", "GET /pets/:id | two | id=2 | 200 a/b | x", "GET /cats | all |  | 200 a/b | x"},
			then: []string{"GET /cats | all |  | 200 a/b | x", "GET /pets/:id | two | id=2 | 200 a/b | x", pet + "{}"},
		},
		{
			says: "an older server answers an arbitrary example where none has the criteria", version: "1.9.0",
			now:   []string{pet + "{}", "GET /pets/:id | two | id=2 | 200 application/json | {\"a\":1}"},
			then:  with("{}"),
			there: "! changed GET /pets/2 two → one: !member $.a number → -", back: "added GET /pets/2 two",
		},
		{
			says:  "what is computed has any value",
			now:   with(`{"a":"{{$randomInt}}","b": {{$randomInt}} ,"c":1}`),
			then:  with(`{"a":"x","b":true,"c":"1"}`),
			there: `! changed GET /pets/1 one: !type $.c number → string; value $.a "…" → "x"; value $.b … → true`,
			back:  `! changed GET /pets/1 one: !type $.c string → number; value $.a "x" → "…"; value $.b true → …`,
		},
		{
			says: "what becomes of a body is not known", now: with(`{"a":1}`), then: with(`{"a":{{put("x")}} }`),
			there: "1 untold", back: "1 untold",
		},
		{
			says:  "what becomes of a body is not known, and it differs elsewhere",
			now:   with(`{"a":1}`),
			then:  []string{"GET /pets/:id | one | id=1 | 201 application/json | {{put(\"x\")}}"},
			there: "changed GET /pets/1 one: status 200 → 201\n1 untold",
			back:  "changed GET /pets/1 one: status 201 → 200\n1 untold",
		},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			of := func(lines []string) *predict.Service {
				if lines == nil {
					return nil
				}
				return service(t, c.version, collection(t, lines...))
			}
			o := mock.Options{Version: c.version}
			if diff := cmp.Diff(c.there, told(consumer.Notices(of(c.now), of(c.then), o))); diff != "" {
				t.Errorf("there (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.back, told(consumer.Notices(of(c.then), of(c.now), o))); diff != "" {
				t.Errorf("back (-want +got):\n%s", diff)
			}
		})
	}
}
