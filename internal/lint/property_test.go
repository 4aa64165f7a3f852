package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// inputs are the project's own recorded inputs and the samples of the rules.
func inputs(tb testing.TB) [][]byte {
	files, err := filepath.Glob(filepath.Join("..", "test", "conformance", "testdata", "vectors", "inputs", "*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatal("no inputs", err)
	}
	var out [][]byte
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, raw)
	}
	for _, r := range Rules() {
		for _, s := range []Sample{r.Bad, r.Good} {
			if raw := s.input(); len(raw) < 1<<20 {
				out = append(out, raw, append(append([]byte(`{"collection":`), raw...), '}'))
			}
		}
	}
	return out
}

// Whatever is imported, its findings are complete and lead to a place, and one of
// them tells why an import breaks.
func FuzzCheck(f *testing.F) {
	for i, raw := range inputs(f) {
		f.Add(raw, i%2 == 0, i%3 == 0, uint8(i))
	}
	versions := []string{"", "1.7.0", "1.9.0", "1.10.0", "1.11.0", "1.15.0-SNAPSHOT", "x"}
	f.Fuzz(func(t *testing.T, raw []byte, export, main bool, n uint8) {
		target := predict.Target{Main: main, URL: "https://h/collections/1-a"}
		if n&1 == 1 {
			target.Existing = pets(
				predict.Operation{Name: "GET /pets", Method: "GET", Dispatcher: predict.URIParams, Override: true},
				predict.Operation{Name: "POST /pets", Method: "POST", Dispatcher: "SCRIPT"},
			)
		}
		from := delivery.AsIs(raw)
		if export {
			from = exported(raw)
		}
		im := predict.Read(from.Raw, predict.Options{Version: versions[int(n)%len(versions)]}).Import(target)
		errors := 0
		doc, _ := jackson.Parse(raw, jackson.Options{}) // the most lenient one
		for _, f := range CheckDelivered(nil, im, from, MostOfAll) {
			if f.Level == result.Error {
				errors++
			}
			if f.Message == "" || f.Hint == "" {
				t.Errorf("finding without message or hint: %+v", f)
			}
			if f.Pointer != "" && !resolves(doc, string(f.Pointer)) {
				t.Errorf("%s: pointer %q leads nowhere", f.ID, f.Pointer)
			}
		}
		if (im.Outcome == predict.Refused || im.Outcome == predict.Crashed) && errors == 0 {
			t.Errorf("%s (%q, %+v) without an error that tells why", im.Outcome, im.ImportError, im.Cause)
		}
	})
}

// resolves reports whether a pointer leads to a value of the document.
func resolves(doc *jackson.Document, pointer string) bool {
	if doc == nil {
		return false
	}
	v := doc.Root()
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		var found jackson.Value
		i := 0
		for child := range v.Elements() {
			if v.Kind() == jackson.Array && strconv.Itoa(i) == token || v.Kind() == jackson.Object && java.WellFormed(child.Name()) == token {
				found = child
				break
			}
			i++
		}
		if !found.Exists() {
			return false
		}
		v = found
	}
	return true
}

// Insignificant white space inside a detected envelope changes nothing.
func TestWhiteSpaceDoesNotMatter(t *testing.T) {
	t.Parallel()
	for i, raw := range inputs(t) {
		if !bytes.HasPrefix(raw, []byte(`{"collection":`)) || !json.Valid(raw) {
			continue
		}
		property := func(seed int64) bool {
			spaced := sprinkle(raw, rand.New(rand.NewSource(seed)))
			want, got := importOf(raw), importOf(spaced)
			if diff := cmp.Diff(want.Prediction, got.Prediction); diff != "" {
				t.Log(diff)
				return false
			}
			if diff := cmp.Diff(Check(want), Check(got), cmpopts.IgnoreFields(result.Finding{}, "Line", "Column")); diff != "" {
				t.Log(diff)
				return false
			}
			return true
		}
		if err := quick.Check(property, &quick.Config{MaxCount: 5}); err != nil {
			t.Errorf("input %d: %v", i, err)
		}
	}
}

// sprinkle puts white space between tokens, after the envelope's start.
func sprinkle(raw []byte, r *rand.Rand) []byte {
	head := len(`{"collection":`)
	out := append([]byte{}, raw[:head]...)
	inText := false
	for i := head; i < len(raw); i++ {
		c := raw[i]
		if inText {
			out = append(out, c)
			if c == '\\' {
				i++
				out = append(out, raw[i])
			}
			inText = c != '"'
			continue
		}
		if strings.IndexByte("{}[]:,\"", c) >= 0 && r.Intn(3) == 0 {
			out = append(out, " \t\r\n"[r.Intn(4)])
		}
		out = append(out, c)
		inText = c == '"'
	}
	return out
}

func importOf(raw []byte) *predict.Import {
	return predict.Read(raw, predict.Options{}).Import(predict.Target{Main: true})
}

// Looking costs little beside reading and importing.
func BenchmarkCheck(b *testing.B) {
	const item = `{"name":"pet","request":{"method":"GET","url":{"raw":"{{u}}/pets%[1]d/:id?status=new"}},"response":[` +
		`{"name":"one","originalRequest":{"method":"GET","url":{"raw":"{{u}}/pets%[1]d/1?status=new",` +
		`"query":[{"key":"status","value":"new"}],"variable":[{"key":"id","value":"1"}]}},"code":200,"body":"{}"}]}`
	var items []string
	for i := range 5000 {
		items = append(items, fmt.Sprintf(item, i))
	}
	raw := []byte(`{"collection":{"info":{"name":"Pets","description":"version=1.0 - d"},"item":[` + strings.Join(items, ",") + `]}}`)
	im := importOf(raw)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Check(im)
	}
}
