package consumer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// tree is a collection that can be altered. The name of each example ends with " #" and its
// number, so that it can be found again.
type tree struct {
	root  object
	items []object // that have a request, in order
}

// plant reads a collection, an export or an answer of the API.
func plant(t testing.TB, raw []byte) *tree {
	t.Helper()
	document, err := delivery.ServedByPostman(nil, raw)
	if err != nil {
		t.Fatal(err)
	}
	c := read(t, document.Raw)
	info, _ := c.root["collection"].(object)["info"].(object)
	info["description"] = "version=1.0 x"
	n := 0
	for _, item := range c.items {
		for _, e := range examplesOf(item) {
			e["name"] = fmt.Sprint(e["name"], " #", n)
			n++
		}
	}
	return c
}

func read(t testing.TB, raw []byte) *tree {
	t.Helper()
	c := &tree{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&c.root); err != nil {
		t.Fatal(err)
	}
	c.gather(c.root["collection"])
	return c
}

func (c *tree) gather(of any) {
	folder, _ := of.(object)
	list, _ := folder["item"].([]any)
	for _, of := range list {
		item, _ := of.(object)
		if _, is := item["request"].(object); is {
			c.items = append(c.items, item)
		}
		c.gather(of)
	}
}

func examplesOf(item object) (all []object) {
	list, _ := item["response"].([]any)
	for _, of := range list {
		if e, is := of.(object); is {
			all = append(all, e)
		}
	}
	return all
}

func (c *tree) raw(t testing.TB) []byte {
	t.Helper()
	raw, err := json.Marshal(c.root)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// target is a request that reaches one operation and no other, and the only example that
// can answer it, or all of several: what becomes of the request is known before it is
// replayed.
type target struct {
	call    mock.Call
	op      *predict.Operation
	example *predict.Example // the first
	numbers []string         // of the examples in the tree: " #7"
}

func (at *target) shared() bool { return len(at.numbers) > 1 }

var numbered = regexp.MustCompile(` #\d+$`)

// targets of a service.
func targets(s *predict.Service) (all []target) {
	calls, _ := mock.Of(s, mock.Options{}).Calls(nil)
	count := map[asked]int{}
	for _, c := range calls {
		count[addressOf(&c)]++
	}
	for _, c := range calls {
		at := target{c, c.Operation, c.Examples[0], nil}
		for _, e := range c.Examples {
			if found := numbered.FindString(e.Name); found != "" {
				at.numbers = append(at.numbers, found)
			}
		}
		unclear := slices.ContainsFunc(c.Answer.Candidates, func(c mock.Candidate) bool { return c.Kind != mock.Saved }) ||
			slices.ContainsFunc(s.Operations, func(o predict.Operation) bool { return o.Name != c.Operation.Name && alike(c.Operation, &o) })
		if !unclear && len(at.numbers) == len(c.Answer.Candidates) && count[addressOf(&c)] == 1 {
			all = append(all, at)
		}
	}
	return all
}

type asked struct{ method, path, query string }

func addressOf(c *mock.Call) asked { return asked{c.Request.Method, c.Request.Path, c.Request.Query} }

// alike reports whether one request could come to either of two operations.
func alike(a, b *predict.Operation) bool {
	segments := func(op *predict.Operation) []string {
		_, path, _ := strings.Cut(op.Name, " ")
		return strings.Split(strings.Trim(path, "/"), "/")
	}
	one, other := segments(a), segments(b)
	odd := func(s string) bool { return strings.ContainsAny(s, `\^$?*+[(|){`) }
	switch {
	case a.Method != b.Method:
		return false
	case slices.ContainsFunc(one, odd), slices.ContainsFunc(other, odd):
		return true
	case len(one) != len(other):
		return false
	}
	for i := range one {
		if one[i] != other[i] && !strings.ContainsAny(one[i]+other[i], ":.") {
			return false
		}
	}
	return true
}

// tangled reports whether the order of the operations matters.
func tangled(s *predict.Service) bool {
	for i := range s.Operations {
		for k := range i {
			if alike(&s.Operations[i], &s.Operations[k]) {
				return true
			}
		}
	}
	return false
}

// alteration of a collection whose harm to consumers is known beforehand.
type alteration struct {
	name  string
	hurts bool
	// shared is one of a request that several examples can answer.
	shared bool
	// noticed are the kinds of the changes; nil for a harmful one, which is breaking.
	noticed []consumer.Kind
	// alter a collection at a target; false where there is nothing of that kind to be altered.
	alter func(c *tree, s *predict.Service, at target) bool
}

// exampleOf is the first example of a target in the tree, with its item.
func (c *tree) exampleOf(at target) (item, example object) {
	for _, item := range c.items {
		for _, e := range examplesOf(item) {
			if numbered.FindString(fmt.Sprint(e["name"])) == at.numbers[0] {
				return item, e
			}
		}
	}
	return nil, nil
}

// eachExample alters all of a target; false where one cannot be.
func (c *tree) eachExample(at target, alter func(e object, number int) bool) bool {
	for _, item := range c.items {
		for _, e := range examplesOf(item) {
			if n := slices.Index(at.numbers, numbered.FindString(fmt.Sprint(e["name"]))); n >= 0 && !alter(e, n) {
				return false
			}
		}
	}
	return true
}

// itemsOf are those that make an operation: the item of each of its examples.
func (c *tree) itemsOf(op *predict.Operation) (all []object) {
	names := map[string]bool{}
	for _, e := range op.Examples {
		names[e.Name] = true
	}
	for _, item := range c.items {
		if slices.ContainsFunc(examplesOf(item), func(e object) bool { return names[fmt.Sprint(e["name"])] }) {
			all = append(all, item)
		}
	}
	return all
}

// requestsOf an item: its own and those of its examples.
func requestsOf(item object) (all []object) {
	all = append(all, item["request"].(object))
	for _, e := range examplesOf(item) {
		if r, is := e["originalRequest"].(object); is {
			all = append(all, r)
		}
	}
	return all
}

// eachRequest alters all requests of the items of an operation; false where one cannot be.
func (c *tree) eachRequest(op *predict.Operation, alter func(request object) bool) bool {
	for _, item := range c.itemsOf(op) {
		for _, r := range requestsOf(item) {
			if !alter(r) {
				return false
			}
		}
	}
	return true
}

func address(request object) (url object, raw string) {
	url, _ = request["url"].(object)
	raw, _ = url["raw"].(string)
	return url, raw
}

// header of an example, which is made if there is none.
func header(example object, named func(name string) bool) (entry object) {
	list, _ := example["header"].([]any)
	for _, of := range list {
		if h, is := of.(object); is && named(strings.ToLower(fmt.Sprint(h["key"]))) {
			return h
		}
	}
	return nil
}

// inBody alters the JSON of an example whose length is not saved.
func inBody(alter func(body any) (any, bool)) func(*tree, *predict.Service, target) bool {
	return func(c *tree, _ *predict.Service, at target) bool {
		_, e := c.exampleOf(at)
		saved, _ := e["body"].(string)
		var body any
		d := json.NewDecoder(strings.NewReader(saved))
		d.UseNumber()
		sent := at.call.Answer.Candidates[0].Body
		if sent.None || strings.Contains(saved, "{{") || d.Decode(&body) != nil ||
			header(e, func(name string) bool { return name == "content-length" }) != nil {
			return false
		}
		altered, done := alter(body)
		if done {
			raw, _ := json.Marshal(altered)
			e["body"] = string(raw)
		}
		return done
	}
}

// inFirst alters the first object of a body.
func inFirst(alter func(o object) bool) func(*tree, *predict.Service, target) bool {
	return inBody(func(body any) (any, bool) {
		inner := body
		if list, is := inner.([]any); is && len(list) > 0 {
			inner = list[0]
		}
		o, is := inner.(object)
		return body, is && alter(o)
	})
}

// member is the name of the first one whose value is of a kind.
func member(o object, of func(v any) bool) (name string, found bool) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if of(o[name]) {
			return name, true
		}
	}
	return "", false
}

func deleted(c *tree, _ *predict.Service, at target) bool {
	item, e := c.exampleOf(at)
	list := item["response"].([]any)
	item["response"] = slices.DeleteFunc(list, func(of any) bool {
		o, is := of.(object)
		return is && o["name"] == e["name"]
	})
	return true
}

func anotherClass(c *tree, _ *predict.Service, at target) bool {
	_, e := c.exampleOf(at)
	e["code"] = json.Number("404")
	if at.call.Answer.Candidates[0].Status/100 == 4 {
		e["code"] = json.Number("500")
	}
	return true
}

func renamed(c *tree, _ *predict.Service, at target) bool {
	_, e := c.exampleOf(at)
	e["name"] = "another name"
	return true
}

func operationRemoved(c *tree, _ *predict.Service, at target) bool {
	gone := c.itemsOf(at.op)
	c.lists(func(list []any) []any {
		return slices.DeleteFunc(list, func(of any) bool {
			item, _ := of.(object)
			return slices.ContainsFunc(gone, func(o object) bool { return same(o, item) })
		})
	})
	return true
}

var alterations = []alteration{
	{name: "example deleted", hurts: true, alter: deleted},
	{name: "status of another class", hurts: true, alter: anotherClass},
	{name: "media type changed", hurts: true, alter: func(c *tree, _ *predict.Service, at target) bool {
		_, e := c.exampleOf(at)
		h := header(e, func(name string) bool { return name == "content-type" })
		if h == nil || at.call.Answer.Candidates[0].MediaType == "" || len(at.example.Response.MediaTypes) > 1 {
			return false
		}
		h["value"] = "text/vnd.other"
		return true
	}},
	{name: "JSON member removed", hurts: true, alter: inFirst(func(o object) bool {
		name, found := member(o, func(any) bool { return true })
		delete(o, name)
		return found
	})},
	{name: "JSON member of another type", hurts: true, alter: inFirst(func(o object) bool {
		name, found := member(o, func(v any) bool { return v != nil })
		if _, is := o[name].(string); is {
			o[name] = 7
		} else if found {
			o[name] = "seven"
		}
		return found
	})},
	{name: "JSON value becomes null", hurts: true, alter: inFirst(func(o object) bool {
		name, found := member(o, func(v any) bool { return v != nil })
		if found {
			o[name] = nil
		}
		return found
	})},
	{name: "one of several examples deleted", shared: true, noticed: []consumer.Kind{consumer.Removed}, alter: deleted},
	{name: "one of several of another class", shared: true, noticed: []consumer.Kind{consumer.Changed}, alter: anotherClass},
	{name: "one of several renamed", shared: true, noticed: []consumer.Kind{consumer.Renamed}, alter: renamed},
	{name: "all of several of another class", shared: true, hurts: true, alter: func(c *tree, _ *predict.Service, at target) bool {
		known := slices.ContainsFunc(at.call.Answer.Candidates, func(c mock.Candidate) bool { return c.Status/100 == 5 })
		return !known && c.eachExample(at, func(e object, _ int) bool {
			e["code"] = json.Number("503")
			return true
		})
	}},
	{name: "all of several of another media type", shared: true, hurts: true, alter: func(c *tree, _ *predict.Service, at target) bool {
		untyped := slices.ContainsFunc(at.call.Answer.Candidates, func(c mock.Candidate) bool {
			return c.MediaType == "" || len(c.MediaTypes) > 0
		})
		return !untyped && c.eachExample(at, func(e object, _ int) bool {
			h := header(e, func(name string) bool { return name == "content-type" })
			if h != nil {
				h["value"] = "text/vnd.other"
			}
			return h != nil
		})
	}},
	{name: "operation of several removed", shared: true, hurts: true, alter: operationRemoved},
	{name: "operation moved to another path", hurts: true, alter: func(c *tree, _ *predict.Service, at target) bool {
		return c.eachRequest(at.op, func(r object) bool {
			url, raw := address(r)
			skip := 0
			if i := strings.Index(raw, "://"); i >= 0 {
				skip = i + len("://")
			}
			i := strings.Index(raw[skip:], "/")
			if i < 0 {
				return false
			}
			url["raw"] = raw[:skip+i] + "/moved" + raw[skip+i:]
			return true
		})
	}},
	{name: "operation removed", hurts: true, alter: operationRemoved},
	{name: "method changed", hurts: true, alter: func(c *tree, s *predict.Service, at target) bool {
		method := "PATCH"
		if at.op.Method == method {
			method = "PUT"
		}
		return c.eachRequest(at.op, func(r object) bool {
			r["method"] = method
			return true
		})
	}},
	{name: "query parameter of the criteria renamed", hurts: true, alter: func(c *tree, _ *predict.Service, at target) bool {
		if at.call.Request.Query == "" || at.op.DispatcherRules == nil {
			return false
		}
		name, _, _ := strings.Cut(at.call.Request.Query, "=")
		asked := regexp.MustCompile(`([?&])` + regexp.QuoteMeta(name) + `=`)
		for _, e := range at.op.Examples { // else one without it answers
			if e.DispatchCriteria == nil || !strings.Contains(*e.DispatchCriteria, "?"+name+"=") {
				return false
			}
		}
		return c.eachRequest(at.op, func(r object) bool {
			url, raw := address(r)
			url["raw"] = asked.ReplaceAllString(raw, "${1}zz=")
			return asked.MatchString(raw)
		})
	}},
	{name: "example renamed", noticed: []consumer.Kind{consumer.Renamed}, alter: renamed},
	{name: "JSON member added", noticed: []consumer.Kind{consumer.Changed}, alter: inFirst(func(o object) bool {
		o["zz-new"] = []any{1}
		return true
	})},
	{name: "JSON value changed", noticed: []consumer.Kind{consumer.Changed}, alter: inFirst(func(o object) bool {
		name, found := member(o, func(v any) bool {
			_, text := v.(string)
			_, number := v.(json.Number)
			return text || number
		})
		if _, text := o[name].(string); text {
			o[name] = "another value"
		} else if found {
			o[name] = json.Number("70000001")
		}
		return found
	})},
	{name: "JSON array longer", noticed: []consumer.Kind{consumer.Changed}, alter: inBody(func(body any) (any, bool) {
		list, is := body.([]any)
		if o, within := body.(object); within {
			name, found := member(o, func(v any) bool {
				_, is := v.([]any)
				return is
			})
			if found {
				o[name] = append(o[name].([]any), "more")
			}
			return o, found
		}
		return append(list, "more"), is
	})},
	{name: "header changed", noticed: []consumer.Kind{consumer.Changed}, alter: func(c *tree, _ *predict.Service, at target) bool {
		_, e := c.exampleOf(at)
		list, _ := e["header"].([]any)
		e["header"] = append(list, object{"key": "X-Changed", "value": "yes"})
		return true
	}},
	{name: "status of the same class", noticed: []consumer.Kind{consumer.Changed}, alter: func(c *tree, _ *predict.Service, at target) bool {
		_, e := c.exampleOf(at)
		other := map[int]string{200: "201", 201: "200", 400: "422", 401: "403", 403: "401", 404: "410", 422: "400", 500: "502"}
		code := other[at.call.Answer.Candidates[0].Status]
		e["code"] = json.Number(code)
		return code != ""
	}},
	{name: "operation added", noticed: []consumer.Kind{consumer.Added}, alter: func(c *tree, s *predict.Service, at target) bool {
		request := object{"method": "GET", "url": object{"raw": "{{host}}/brand-new/thing/of/mine"}}
		root := c.root["collection"].(object)
		root["item"] = append(root["item"].([]any), object{"name": "new", "request": request, "response": []any{
			object{"name": "new", "code": 200, "originalRequest": request, "body": "{}", "header": []any{
				object{"key": "Content-Type", "value": "application/json"},
			}},
		}})
		return !tangled(s)
	}},
	{name: "example added for a call that nobody made",
		noticed: []consumer.Kind{consumer.Added}, alter: func(c *tree, s *predict.Service, at target) bool {
			item, e := c.exampleOf(at)
			raw, _ := json.Marshal(e)
			var more object
			if at.op.Dispatcher != predict.URIParts || json.Unmarshal(raw, &more) != nil {
				return false
			}
			more["name"] = "brand new"
			request, _ := more["originalRequest"].(object)
			url, _ := address(request)
			list, _ := url["variable"].([]any)
			for _, of := range list {
				if v, is := of.(object); is {
					v["value"] = "brand-new"
				}
			}
			item["response"] = append(item["response"].([]any), more)
			return len(list) > 0
		}},
	{name: "example added beside", noticed: []consumer.Kind{consumer.Added}, alter: func(c *tree, s *predict.Service, at target) bool {
		item, e := c.exampleOf(at)
		raw, _ := json.Marshal(e)
		var more object
		if json.Unmarshal(raw, &more) != nil {
			return false
		}
		more["name"], more["code"] = "beside", 503
		item["response"] = append(item["response"].([]any), more)
		return true
	}},
	{name: "description changed", noticed: []consumer.Kind{}, alter: func(c *tree, _ *predict.Service, at target) bool {
		item, e := c.exampleOf(at)
		item["description"], item["request"].(object)["description"], e["status"] = "new", "words", "Words"
		return true
	}},
	{name: "order of items changed", noticed: []consumer.Kind{}, alter: func(c *tree, s *predict.Service, at target) bool {
		c.lists(func(list []any) []any {
			slices.Reverse(list)
			return list
		})
		made := 0
		for i := range s.Operations {
			made += len(c.itemsOf(&s.Operations[i]))
		}
		return !tangled(s) && made == len(s.Operations) && len(c.items) == made
	}},
}

func same(a, b object) bool {
	return fmt.Sprintf("%p", a) == fmt.Sprintf("%p", b)
}

// lists alters each list of items.
func (c *tree) lists(alter func([]any) []any) {
	var in func(of any)
	in = func(of any) {
		folder, _ := of.(object)
		if list, is := folder["item"].([]any); is {
			for _, item := range list {
				in(item)
			}
			folder["item"] = alter(list)
		}
	}
	in(c.root["collection"])
}

// made is what came of altering one collection.
type made struct {
	alteration
	at      target
	noticed consumer.Noticed
}

// alterEach makes each alteration that the collection allows, at the first targets that do.
func alterEach(t testing.TB, c *tree, most int) (all []made) {
	t.Helper()
	before := c.raw(t)
	now := predict.Read(before, predict.Options{}).Import(predict.Target{Main: true}).Service
	if now == nil {
		return nil
	}
	list := targets(now)
	for _, a := range alterations {
		left := most
		for _, at := range list {
			c := read(t, before)
			if a.shared != at.shared() || !a.alter(c, now, at) {
				continue
			}
			then := predict.Read(c.raw(t), predict.Options{}).Import(predict.Target{Main: true}).Service
			if then == nil {
				if a.name != "operation removed" && a.name != "operation of several removed" { // that was the last one
					t.Errorf("%s: nothing is imported", a.name)
				}
				continue
			}
			all = append(all, made{a, at, consumer.Notices(now, then, mock.Options{})})
			if left--; left == 0 {
				break
			}
		}
	}
	return all
}

// wrong is what is wrong with what was noticed; empty if nothing is.
func (m *made) wrong() string {
	asked := m.at.call.Request.Method + " " + m.at.call.Path()
	if m.hurts {
		if !slices.ContainsFunc(m.noticed.Changes, func(c consumer.Change) bool { return c.Breaking && string(c.Request) == asked }) {
			return "harms whoever asks " + asked + ", and is not told as breaking"
		}
		return ""
	}
	if m.noticed.Breaking > 0 {
		return "harms nobody, and is told as breaking"
	}
	kinds := []consumer.Kind{}
	for _, c := range m.noticed.Changes {
		kinds = append(kinds, c.Kind)
	}
	if !slices.Equal(kinds, m.alteration.noticed) {
		return fmt.Sprint("is noticed as ", kinds, ", not ", m.alteration.noticed)
	}
	return ""
}

// collections of the repository, by name.
func collections(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{
		"written": collection(t,
			`GET /find?q=1&size=2 | ten | ?q=a&size=2 | 200 application/json | {"list":[{"id":1,"name":"x"}],"next":null}`,
			`GET /find?q=1&size=2 | none | ?q=b&size=2 | 200 application/json | {"list":[],"next":null}`,
			`GET /things/:id | first | id=1 | 200 application/json, X-Rate: 7 | {"id":1,"name":"first","tags":["a"],"in":{"a":true}}`,
			`GET /things/:id | no such | id=0 | 404 application/problem+json | {"title":"none"}`,
			`PUT /things/:id | put | id=1 | 204`,
			`GET /plain | text |  | 200 text/plain | a text`,
			`POST /things | made |  | 201 application/json | {"id":1}`,
			`POST /things | bad |  | 400 application/json | {"title":"bad"}`,
		),
	}
	for name, path := range map[string]string{
		"pets":    "../test/scenarios/testdata/collections/pets.json",
		"harbour": "../demo/harbour.postman_collection.json",
	} {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = raw
	}
	return out
}

// What hurts a consumer is told as breaking, and nothing else is.
func TestHarmKnownBeforehand(t *testing.T) {
	t.Parallel()
	unmade := map[string]bool{}
	for _, a := range alterations {
		unmade[a.name] = true
	}
	for name, raw := range collections(t) {
		for _, m := range alterEach(t, plant(t, raw), 1000) {
			delete(unmade, m.name)
			if wrong := m.wrong(); wrong != "" {
				t.Errorf("%s: %s %s:\n%s", name, m.name, wrong, told(m.noticed))
			}
		}
	}
	for name := range unmade {
		t.Errorf("no collection allows %q", name)
	}
}

// The same of other people's collections.
func TestHarmInPublishedCollections(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("COLLECTIONS")
	if folder == "" {
		t.Skip("COLLECTIONS names no folder of exported collections, *.json")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no collections in ", folder, err)
	}
	hurting, harmless, wrongs, untold, altered := 0, 0, 0, 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all := alterEach(t, plant(t, raw), 3)
		ways := map[string]bool{}
		for _, m := range all {
			ways[m.name] = true
		}
		if len(ways) >= 10 {
			altered++
		}
		t.Logf("%s: %d alterations of %d kinds", filepath.Base(file), len(all), len(ways))
		for _, m := range all {
			if m.hurts {
				hurting++
			} else {
				harmless++
			}
			untold += m.noticed.Untold
			if wrong := m.wrong(); wrong != "" {
				wrongs++
				t.Errorf("%s: %s %s:\n%.2000s", filepath.Base(file), m.name, wrong, told(m.noticed))
			}
		}
	}
	t.Logf("%d of %d collections altered in ten ways or more; %d alterations that hurt, %d that do not: %d told wrongly, %d untold",
		altered, len(files), hurting, harmless, wrongs, untold)
}
