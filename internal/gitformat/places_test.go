package gitformat

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/jackson"
)

var placed = map[string]string{
	".resources/definition.yaml": "# first\n$kind: collection\nname: 'A'\ndescription: d\nvariables:\n  v: w\nauth:\n  type: basic\n" +
		"  credentials:\n    - key: k\n      value: s\n",
	"é/r.request.yaml": "$kind: http-request\r\nname: \"ü\"\r\nurl: {a: b}\r\nheaders: {Ä: é, Ö: 'ö'}\r\n" +
		"queryParams:\r\n  - key: q\r\n    value: p\r\nbody:\r\n  type: json\r\n  content: |-\r\n    {\r\n      \"a\": 1\r\n    }\r\n" +
		"scripts:\r\n  - type: beforeRequest\r\n    code: x()\r\n",
	"é/.resources/r.resources/examples/e.example.yaml": "\uFEFF$kind: http-example\nrequest:\n  url: u?x=1\n  headers: &h\n    H: I\n" +
		"response:\n  statusCode: 200\n  headers: *h\n  body:\n    content: >-\n\n      words\n",
	"plain.request.yaml": "$kind: http-request\nurl: a\u2028\n",
}

// What stands in a document has the place of the value that it was made of; what the
// source has not, that of what it is there for.
func TestPlaces(t *testing.T) {
	t.Parallel()
	d, err := Read(nil, "A", each(folderOf(placed)))
	if err != nil {
		t.Fatal(err)
	}
	json, err := jackson.Parse(d.Raw, jackson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const def, request, plain = ".resources/definition.yaml", "é/r.request.yaml", "plain.request.yaml"
	const example = "é/.resources/r.resources/examples/e.example.yaml"
	for _, c := range []struct {
		pointer string
		file    string
		line    int
		column  int
		made    bool
	}{
		{"", ".resources/definition.yaml", 1, 1, true},
		{"/collection/info", def, 2, 1, false},
		{"/collection/info/name", def, 3, 7, false},
		{"/collection/info/description", def, 4, 14, false},
		{"/collection/info/schema", def, 2, 1, true},
		{"/collection/item", def, 2, 1, true},
		{"/collection/variable/0", def, 6, 3, false},
		{"/collection/variable/0/key", def, 6, 3, false},
		{"/collection/variable/0/value", def, 6, 6, false},
		{"/collection/auth", def, 8, 3, false},
		{"/collection/auth/basic", def, 10, 5, true},
		{"/collection/auth/basic/0/value", def, 11, 14, false},
		{"/collection/item/1/name", request, 1, 1, true},
		{"/collection/item/1/item/0", request, 1, 1, false},
		{"/collection/item/1/item/0/name", request, 2, 7, false},
		{"/collection/item/1/item/0/event/0/script/exec/0", request, 16, 11, false},
		{"/collection/item/1/item/0/request/method", request, 1, 1, true},
		{"/collection/item/1/item/0/request/header/0", request, 4, 11, false},
		{"/collection/item/1/item/0/request/header/0/value", request, 4, 14, false},
		{"/collection/item/1/item/0/request/header/1/key", request, 4, 17, false},
		{"/collection/item/1/item/0/request/header/1/value", request, 4, 20, false},
		{"/collection/item/1/item/0/request/url", request, 3, 6, false},
		{"/collection/item/1/item/0/request/url/raw", request, 3, 6, false},
		{"/collection/item/1/item/0/request/url/query/0/value", request, 7, 12, false},
		{"/collection/item/1/item/0/request/body/mode", request, 9, 3, true},
		{"/collection/item/1/item/0/request/body/raw", request, 10, 12, false},
		{"/collection/item/1/item/0/request/body/options/raw/language", request, 9, 9, true},
		{"/collection/item/1/item/0/response", request, 1, 1, true},
		{"/collection/item/1/item/0/response/0", example, 1, 1, false},
		{"/collection/item/1/item/0/response/0/name", example, 1, 1, true},
		{"/collection/item/1/item/0/response/0/originalRequest", example, 3, 3, false},
		{"/collection/item/1/item/0/response/0/originalRequest/url/query/0/value", example, 3, 8, false},
		{"/collection/item/1/item/0/response/0/originalRequest/header/0/value", example, 5, 8, false},
		{"/collection/item/1/item/0/response/0/code", example, 7, 15, false},
		{"/collection/item/1/item/0/response/0/header/0/value", example, 5, 8, false},
		{"/collection/item/1/item/0/response/0/body", example, 10, 14, false},
		{"/collection/item/0/name", plain, 1, 1, true},
		{"/collection/item/0/request/url/raw", plain, 2, 6, false},
	} {
		v := at(json.Root(), c.pointer)
		if !v.Exists() {
			t.Errorf("no %s in %s", c.pointer, d.Raw)
			continue
		}
		got := fmt.Sprint(d.Position(d.Place(v.Offset())), d.Made(v.Offset()))
		if want := fmt.Sprint(Position{textOf(c.file), c.line, c.column}, c.made); got != want {
			t.Errorf("%s is at %s, want %s", c.pointer, got, want)
		}
	}
	if got := d.Pointer("/collection/item/0"); got != "/item/0" {
		t.Error("pointer", got)
	}
}

// at is the value that an RFC 6901 pointer without escapes leads to.
func at(v jackson.Value, pointer string) jackson.Value {
	for _, name := range strings.Split(pointer, "/")[1:] {
		if v.Kind() == jackson.Array {
			i := int(name[0] - '0')
			for e := range v.Elements() {
				if i--; i < 0 {
					v = e
					break
				}
			}
			continue
		}
		v = v.At(name)
	}
	return v
}

// A position is found however long file and line are, and the same as by counting.
func TestPositions(t *testing.T) {
	t.Parallel()
	var s source
	long := strings.Repeat("é", 3*stride) + "\n" + strings.Repeat("x\n", 2*stride) + strings.Repeat("😀", stride)
	for _, file := range []string{"a", "", long, strings.Repeat("y", stride-1), "\n", long} {
		s.add(fmt.Sprint(len(s.files)), []byte(file))
	}
	for offset := 0; offset < len(s.raw); offset += 131 {
		i := len(s.files) - 1
		for s.files[i].start > offset {
			i--
		}
		before := s.raw[s.files[i].start:offset]
		line := bytes.Count(before, []byte("\n"))
		column := 0
		for range bytes.Runes(before[bytes.LastIndexByte(before, '\n')+1:]) {
			column++
		}
		got := s.position(offset)
		if string(got.File) != s.files[i].path || got.Line != line+1 || got.Column-1 != column && bytes.Runes(s.raw[offset:])[0] != '\uFFFD' {
			t.Fatalf("%d: %v, want line %d, column %d of %d", offset, got, line+1, column+1, i)
		}
	}
	for short := range 4 { // a byte order mark is no character, wherever it is counted from
		var s source
		s.add("before", bytes.Repeat([]byte("y"), stride-short))
		start := s.add("marked", []byte("\uFEFF"+strings.Repeat("x", 3*stride)+"\nz"))
		for _, at := range []int{0, 1, stride, 2*stride + 7} {
			if got := s.position(start + len("\uFEFF") + at); got.Line != 1 || got.Column != at+1 {
				t.Errorf("%d before the stride, at %d: %v", short, at, got)
			}
		}
		if got := s.position(len(s.raw) - 1); got.Line != 2 || got.Column != 1 {
			t.Errorf("the second line: %v", got)
		}
	}
	if got := (&source{}).position(3); got != (Position{}) {
		t.Error("of nothing", got)
	}
}
