package gitformat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/budget"
)

// trees are folders as Postman writes them: what costs most in the one is bodies, in
// the other headers.
func trees() map[string][]txtar.File {
	out := map[string][]txtar.File{}
	body := strings.Repeat("      {\"some\": [\"content\", 1, 2, 3], \"more\": {\"of\": \"it\"}},\n", 30)
	headers := strings.Repeat("    - key: some-header\n      value: \"some value\"\n", 40)
	for i := range 1000 {
		example := "$kind: http-example\nrequest:\n  url: '{{u}}/a/:id?x=1'\n  method: POST\n  queryParams:\n    x: '1'\n" +
			"  pathVariables:\n    id: '7'\nresponse:\n  statusCode: 200\n  statusText: OK\n" +
			"  headers:\n%s  body:\n    type: json\n    content: |-\n%s"
		name := fmt.Sprintf("a.resources/examples/%d.example.yaml", i)
		out["bodies"] = append(out["bodies"], txtar.File{Name: name, Data: fmt.Appendf(nil, example, "    A: b\n", body)})
		out["headers"] = append(out["headers"], txtar.File{Name: name, Data: fmt.Appendf(nil, example, headers, "      {}\n")})
	}
	for name := range out {
		out[name] = append(out[name], txtar.File{Name: "a.request.yaml", Data: []byte("$kind: http-request\nurl: '{{u}}/a/:id'\n")})
	}
	return out
}

func benchmark(b *testing.B, read func(files []txtar.File) error) {
	for name, files := range trees() {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, f := range files {
				size += len(f.Data)
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := read(files); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	benchmark(b, func(files []txtar.File) error {
		_, err := Read(budget.New(b.Context()), "A", each(files))
		return err
	})
}

// BenchmarkLibrary is what the library alone takes for the same bytes.
func BenchmarkLibrary(b *testing.B) {
	benchmark(b, func(files []txtar.File) error {
		for _, f := range files {
			var n yaml.Node
			if err := yaml.Unmarshal(f.Data, &n); err != nil {
				return err
			}
		}
		return nil
	})
}
