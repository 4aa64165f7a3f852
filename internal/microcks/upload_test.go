package microcks_test

import (
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"testing"

	"postman-microcks-importer/internal/microcks"

	"github.com/google/go-cmp/cmp"
)

// A file's name arrives as it is, whatever quotes it has, and the document byte for byte.
func TestUploadedFiles(t *testing.T) {
	t.Parallel()
	type file struct{ Main, Field, Name, Content string }
	var got file
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		part, err := form.NextRawPart()
		if err != nil {
			t.Error(err)
			return
		}
		_, disposition, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		content, _ := io.ReadAll(part)
		got = file{r.URL.Query().Get("mainArtifact"), disposition["name"], disposition["filename"], string(content)}
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, " a : b: 1.0 ") // names have white space, too
	}))
	t.Cleanup(server.Close)
	client := microcks.New(server.Client(), server.URL)
	for _, name := range []string{"90210-1.json", `a "b"; filename="c".json`, `C:\x\a.json`, "dir/a%20b.json", "ü€.json"} {
		made, err := client.Upload(t.Context(), name, []byte("{\r\n--\x00ü"), false)
		if err != nil || made != " a : b: 1.0 " {
			t.Errorf("%s: made %q, %v", name, made, err)
		}
		if diff := cmp.Diff(file{"false", "file", name, "{\r\n--\x00ü"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
