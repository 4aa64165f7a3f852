package predict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// inputs are the project's own recorded inputs.
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
	return out
}

var existing = &Service{Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: "x", Operations: []Operation{
	{Name: "GET /pets", Method: "GET", Dispatcher: URIParams, DispatcherRules: new("status"), Override: true},
	{
		Name: "GET /pets/{id}", Method: "GET", Dispatcher: URIParts, DispatcherRules: new("id"),
		Examples: []Example{{Name: "old", SourceArtifact: "x"}},
	},
	{Name: "POST /pets", Method: "POST", Dispatcher: fallback, DispatcherRules: new(`{"dispatcher":"URI_PARTS"}`)},
}}

// Any bytes get a prediction that holds together.
func FuzzImport(f *testing.F) {
	for i, raw := range inputs(f) {
		f.Add(raw, i%3 == 0, uint8(i))
	}
	versions := []string{"", "1.7.0", "1.7.1", "1.8.0", "1.9.0", "1.10.0", "1.10.1", "1.11.0", "1.13.0", "1.15.0-SNAPSHOT", "2.0.0", "x"}
	f.Fuzz(func(t *testing.T, raw []byte, main bool, n uint8) {
		target := Target{Main: main, URL: "https://h/collections/1-a"}
		if n&1 == 1 {
			target.Existing = existing
		}
		d := Read(raw, Options{Version: versions[int(n)%len(versions)]})
		sound(t, d.Import(target))
		d.UpdatedAt()
	})
}

// sound checks what holds for every prediction.
func sound(t *testing.T, im *Import) {
	t.Helper()
	switch im.Outcome {
	case Imported:
		if im.Service == nil {
			t.Error("imported without a service")
		}
	case Refused:
		if im.ImportError == "" && !im.ImportErrorUnknown {
			t.Error("refused without a text")
		}
	case Crashed:
	case Skipped:
	default:
		t.Errorf("outcome %q", im.Outcome)
	}
	if (im.Cause != nil) != (im.Outcome == Crashed) {
		t.Errorf("%s with the cause %+v", im.Outcome, im.Cause)
	}
	for _, f := range append(slices.Clone(im.Document.Failures), im.Crashes...) {
		if f.Cause == nil || f.Cause.Kind == "" || !f.Value.Exists() {
			t.Errorf("failure without cause or place: %+v", f)
		}
	}
	for _, e := range im.Examples {
		if e.Example == nil || !slices.Contains(im.Sources[e.Operation], e.Item) {
			t.Errorf("example of nowhere: %+v", e)
		}
	}
}

// generated is a collection of about that many bytes, shaped like real ones.
func generated(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"collection":{"info":{"_postman_id":"12ece9e1-2abf-4edc-8e34-de66e74114d2","name":"Generated",` +
		`"description":"version=1.0 - made by a test",` +
		`"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`)
	body, _ := json.Marshal(`{"id":"` + strings.Repeat("0123456789abcdef", 2) + `","name":"Rex","tags":["small","brown"],` +
		`"owner":{"name":"é","street":"Main Street 1"},"text":"` + strings.Repeat("words that mean nothing ", 20) + `"}`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		request := func(id int) string {
			return fmt.Sprintf(`{"method":"GET","header":[{"key":"Accept","value":"application/json"}],`+
				`"url":{"raw":"{{baseUrl}}/pets%d/:id?status=new","host":["{{baseUrl}}"],"path":["pets%d",":id"],`+
				`"query":[{"key":"status","value":"new"}],"variable":[{"key":"id","value":"%d"}]}}`, i, i, id)
		}
		fmt.Fprintf(&b, `{"name":"pet %d","id":"6d64ff6f-%04x","request":%s,"response":[`, i, i, request(0))
		for e := range 3 {
			if e > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"id":"%d-%d","name":"example %d","originalRequest":%s,"status":"OK","code":200,`+
				`"_postman_previewlanguage":"json","header":[{"key":"Content-Type","value":"application/json"}],"cookie":[],"body":%s}`,
				i, e, e, request(e), body)
		}
		b.WriteString(`]}`)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// What takes part in a prediction, beside encoding/json on the same input.
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
		b.Run("Read/"+size.name, func(b *testing.B) {
			perByte(b, func() { Read(raw, Options{}) })
		})
		b.Run("Import/"+size.name, func(b *testing.B) {
			d := Read(raw, Options{})
			perByte(b, func() { d.Import(Target{Main: true}) })
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
