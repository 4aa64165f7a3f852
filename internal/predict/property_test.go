package predict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
)

// inputs are the project's own recorded inputs and the samples of the rules.
func inputs(tb testing.TB) [][]byte {
	files, err := filepath.Glob(filepath.Join("..", "test", "conformance", "testdata", "vectors", "inputs", "*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatal("no recorded inputs", err)
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
			if raw, _ := s.input(); len(raw) < 1<<20 {
				out = append(out, raw, append(append([]byte(`{"collection":`), raw...), '}'))
			}
		}
	}
	return out
}

var existing = &Service{Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: "x", Operations: []Operation{
	{Name: "GET /pets", Method: "GET", Dispatcher: uriParams, DispatcherRules: ptr("status"), Override: true},
	{Name: "GET /pets/{id}", Method: "GET", Dispatcher: uriParts, DispatcherRules: ptr("id"), Examples: []Example{{Name: "old", SourceArtifact: "x"}}},
	{Name: "POST /pets", Method: "POST", Dispatcher: fallback, DispatcherRules: ptr(`{"dispatcher":"URI_PARTS"}`)},
}}

// Any bytes get an answer that holds together.
func FuzzCollection(f *testing.F) {
	for i, raw := range inputs(f) {
		f.Add(raw, i%2 == 0, i%3 == 0, uint8(i))
	}
	versions := []string{"", "1.7.0", "1.7.1", "1.8.0", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.13.0", "1.15.0-SNAPSHOT", "2.0.0", "x"}
	f.Fuzz(func(t *testing.T, raw []byte, export, main bool, n uint8) {
		target := Target{Version: versions[int(n)%len(versions)], Main: main, Export: export, URL: "https://h/collections/1-a"}
		if n&1 == 1 {
			target.Existing = existing
		}
		sound(t, raw, Collection(raw, target))
	})
}

// sound checks what holds for every prediction.
func sound(t *testing.T, raw []byte, p Prediction) {
	t.Helper()
	errors := 0
	doc, _ := parse(raw, behaviour{}) // the most lenient one
	for _, f := range p.Findings {
		if f.Level == Error {
			errors++
		}
		if f.Message == "" || f.Hint == "" {
			t.Errorf("finding without message or hint: %+v", f)
		}
		if string(f.Pointer) != "" && !resolves(doc, string(f.Pointer)) {
			t.Errorf("%s: pointer %q leads nowhere", f.ID, string(f.Pointer))
		}
	}
	switch p.Outcome {
	case Imported:
		if p.Service == nil {
			t.Error("imported without a service")
		}
	case Refused, Crashed:
		if errors == 0 {
			t.Errorf("%s (%q, %q) without an error that tells why", p.Outcome, p.ImportError, p.Cause)
		}
		if p.Outcome == Refused && p.ImportError == "" && !p.ImportErrorUnknown {
			t.Error("refused without a text")
		}
	case Skipped:
	default:
		t.Errorf("outcome %q", p.Outcome)
	}
}

// resolves follows a pointer through a document.
func resolves(doc *document, pointer string) bool {
	if doc == nil {
		return false
	}
	v := doc.value()
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		found := value{doc, nil}
		for i, child := range v.elements {
			if v.kind() == arrayKind && strconv.Itoa(i) == token || v.kind() == objectKind && asServed(doc.memberName(child.n)) == token {
				found = child
				break
			}
		}
		if !found.exists() {
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
			want, got := Collection(raw, Target{Main: true}), Collection(spaced, Target{Main: true})
			for k := range want.Findings {
				want.Findings[k].Line, want.Findings[k].Column = 0, 0
			}
			for k := range got.Findings {
				got.Findings[k].Line, got.Findings[k].Column = 0, 0
			}
			if diff := cmp.Diff(want, got); diff != "" {
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

// generated is a collection of about that many bytes, shaped like real ones.
func generated(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"collection":{"info":{"_postman_id":"12ece9e1-2abf-4edc-8e34-de66e74114d2","name":"Generated","description":"version=1.0 - made by a test","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`)
	body, _ := json.Marshal(`{"id":"` + strings.Repeat("0123456789abcdef", 2) + `","name":"Rex","tags":["small","brown"],"owner":{"name":"é","street":"Main Street 1"},"text":"` + strings.Repeat("words that mean nothing ", 20) + `"}`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		request := func(id int) string {
			return fmt.Sprintf(`{"method":"GET","header":[{"key":"Accept","value":"application/json"}],"url":{"raw":"{{baseUrl}}/pets%d/:id?status=new","host":["{{baseUrl}}"],"path":["pets%d",":id"],"query":[{"key":"status","value":"new"}],"variable":[{"key":"id","value":"%d"}]}}`, i, i, id)
		}
		fmt.Fprintf(&b, `{"name":"pet %d","id":"6d64ff6f-%04x","request":%s,"response":[`, i, i, request(0))
		for e := range 3 {
			if e > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"id":"%d-%d","name":"example %d","originalRequest":%s,"status":"OK","code":200,"_postman_previewlanguage":"json","header":[{"key":"Content-Type","value":"application/json"}],"cookie":[],"body":%s}`, i, e, e, request(e), body)
		}
		b.WriteString(`]}`)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

func BenchmarkPredict(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"16kB", 16 << 10}, {"500kB", 500 << 10}, {"4MB", 4 << 20}, {"15MB", 15 << 20}} {
		raw := generated(size.bytes)
		perByte := func(b *testing.B, work func()) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				work()
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(len(raw)), "allocB/inputB")
		}
		b.Run("Collection/"+size.name, func(b *testing.B) {
			perByte(b, func() { Collection(raw, Target{Main: true}) })
		})
		b.Run("Unmarshal/"+size.name, func(b *testing.B) {
			perByte(b, func() {
				var v any
				if err := json.Unmarshal(raw, &v); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
