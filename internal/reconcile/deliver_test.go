package reconcile

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

// A file is delivered as the Postman API would serve it, or what it is is told; an
// answer of the Postman API is delivered as it is.
func TestDeliver(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1001) + strings.Repeat("]", 1001)
	const collection = `{"info": {"name": "a", "version": "1"}, "item": []}`
	for name, c := range map[string]struct{ file, raw, want, refused string }{
		"an answer":      {"", collection, collection, ""},
		"no answer":      {"", "hello", "hello", ""},
		"a file":         {"a.json", collection, `{"collection":{"info":{"name":"a"},"item":[]}}`, ""},
		"another file":   {"a.json", `{"hello":"world"}`, "", "the file is JSON without `info` and `item` (it begins `{\"hello\":\"world\"}`)"},
		"a broken file":  {"a.json", `{"info": {}, "item": [`, "", "the file is JSON that was cut off (line 1, column 23)"},
		"two in a file":  {"a.json", collection + "\n" + collection, "", "several JSON documents one after another (line 2, column 1)"},
		"beyond limits":  {"a.json", `{"info":` + deep + "}", "", "the file is JSON beyond what Microcks reads"},
		"beyond budgets": {"a.json", `{"info":[` + strings.Repeat("0,", 4<<20) + "0]}", "", "judging the collection takes more"},
	} {
		it := &item{Wanted: &plan.Wanted{}, Collection: &result.Collection{}}
		it.Wanted.File = c.file
		from, err := deliver(t.Context(), it, []byte(c.raw))
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) || it.JudgedAs != "" {
				t.Errorf("%s: %v", name, err)
			}
			if problem := result.ProblemOf(err); problem.ExitCode != exitFailed || problem.Hint == "" || problem.Anchor == "" {
				t.Errorf("%s: %+v", name, problem)
			}
		case err != nil || string(from.Raw) != c.want || (it.JudgedAs == result.AsServed) != (c.file != ""):
			t.Errorf("%s: %v, %+v", name, err, from)
		}
	}
}
