package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/predict"
)

func TestSpoiltAnswers(t *testing.T) {
	t.Parallel()
	header := func(name string, values ...string) predict.Response {
		return predict.Response{MediaType: "text/plain", Content: new("four"), Headers: []predict.Header{{Name: name, Values: values}}}
	}
	for name, c := range map[string]struct {
		response predict.Response
		want     *predict.Header
	}{
		"plain":            {header("X-Any", "1"), nil},
		"packed":           {header("content-encoding", "GZIP"), &predict.Header{Name: "Content-Encoding", Values: []string{"GZIP"}}},
		"not packed":       {header("Content-Encoding", "identity"), nil},
		"the right length": {header("Content-Length", "4"), nil},
		"another length":   {header("Content-Length", "5"), &predict.Header{Name: "Content-Length", Values: []string{"5"}}},
		"a length of no body": {
			predict.Response{Headers: []predict.Header{{Name: "Content-Length", Values: []string{"0"}}}},
			&predict.Header{Name: "Content-Length", Values: []string{"0"}},
		},
		"any image": {predict.Response{MediaType: "image/*"}, &predict.Header{Name: "Content-Type", Values: []string{"image/*"}}},
	} {
		if diff := cmp.Diff(c.want, spoils(&predict.Example{Response: c.response})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
