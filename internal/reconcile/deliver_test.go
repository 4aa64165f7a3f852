package reconcile

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

// What is in the repository is delivered as an upload sends it, or as the Postman API
// would serve it where that was asked for, or what it is is told; an answer of the
// Postman API is delivered as it is, or sent.
func TestDeliver(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1001) + strings.Repeat("]", 1001)
	const (
		collection = `{"info": {"_postman_id": "x", "name": "a", "version": "1"}, "item": []}`
		answer     = `{"collection":` + collection + `}`
		served     = `{"collection":{"info":{"_postman_id":"x","name":"a"},"item":[]}}`
		sent       = `{"info":{` + "\n" + `"_postman_id":"x","name":"a","version":"1"},"item":[]}`
	)
	importer, upload := plan.ByImporter, plan.ByUpload
	for name, c := range map[string]struct {
		file, raw     string
		by            plan.Delivery
		want, refused string
	}{
		"an answer":        {"", answer, "", answer, ""},
		"an answer, sent":  {"", answer, upload, sent, ""},
		"no answer":        {"", "hello", importer, "hello", ""},
		"a file":           {"a.json", collection, "", sent, ""},
		"a file, as if":    {"a.json", collection, importer, served, ""},
		"another file":     {"a.json", `{"hello":"world"}`, "", "", "the file is JSON without `info` and `item` (it begins `{\"hello\":"},
		"a broken file":    {"a.json", `{"info": {}, "item": [`, "", "", "the file is JSON that was cut off (line 1, column 23)"},
		"two in a file":    {"a.json", collection + "\n" + collection, "", "", "several JSON documents one after another (line 2, column 1)"},
		"beyond limits":    {"a.json", `{"info":` + deep + "}", "", "", "the file is JSON beyond what Microcks reads"},
		"beyond budgets":   {"a.json", `{"info":[` + strings.Repeat("0,", 4<<20) + "0]}", "", "", "judging the collection takes more"},
		"no answer, sent":  {"", "hello", upload, "", "the file is not JSON"},
		"a refused as-if":  {"a.json", "", importer, "", "the file is empty"},
		"an empty file":    {"a.json", "", "", "", "the file is empty"},
		"an object, as is": {"", `{}`, "", `{}`, ""},
	} {
		it := &item{Wanted: &plan.Wanted{File: c.file, Delivery: c.by}, Collection: &result.Collection{}}
		from, err := it.deliver(t.Context(), []byte(c.raw), it.form(""))
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) || it.JudgedAs != "" {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if problem := result.ProblemOf(err); problem.ExitCode != exitFailed || problem.Hint == "" || problem.Anchor == "" {
				t.Errorf("%s: %+v", name, problem)
			}
		case err != nil || string(from.Raw) != c.want || (it.JudgedAs == result.AsServed) != (c.want == served):
			t.Errorf("%s: %v, %s", name, err, from.Raw)
		}
	}
}
