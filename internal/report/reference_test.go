package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
)

const referencePage = "../../docs/reference.md"

// documented is a small result in which every member shows.
func documented() *result.Result {
	r := updatedWithWarnings()
	r.Secrets = secret(result.Update, true)
	r.Problems = []result.Problem{{
		Level: result.Note,
		Text:  "Postman allows 412 more API calls this month; every active importer costs 12 to 24 calls a day while Microcks polls it",
		Hint: "poll less often (SERVICES_UPDATE_INTERVAL of Microcks), or set `active: false` and let this workflow import on a " +
			"schedule of its own",
		Anchor: "postman-quota",
	}}
	c := &r.Collections[0]
	c.Service.Operations = c.Service.Operations[2:3]
	c.Service.Operations[0].Examples = c.Service.Operations[0].Examples[:2]
	c.Difference = append(c.Difference[:2:2], c.Difference[3])
	c.Findings = c.Findings[:1]
	c.Verified = proved(c.Service.Operations)
	r.Totals = result.Totals{Operations: 1, Examples: 2, Warnings: 1}
	return r
}

// TestReferenceShowsTheResult holds the example of the reference equal to what
// a run writes; -update writes it anew.
func TestReferenceShowsTheResult(t *testing.T) {
	t.Parallel()
	var laidOut bytes.Buffer
	if err := json.Indent(&laidOut, JSON(documented(), maxResult), "", "  "); err != nil {
		t.Fatal(err)
	}
	// Go writes & as an escape that means the same.
	want := "<!-- result:begin -->\n```json\n" + strings.ReplaceAll(laidOut.String(), `\u0026`, "&") + "\n```\n<!-- result:end -->"
	page, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?s)<!-- result:begin -->.*<!-- result:end -->`)
	got := part.FindString(string(page))
	if *update {
		page = bytes.Replace(page, []byte(got), []byte(want), 1)
		if err := os.WriteFile(referencePage, page, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the example in %s differs (-want +got), -update writes it anew:\n%s", referencePage, d)
	}
}

// sections of the reference by the type that each describes.
var sections = map[reflect.Type]string{
	reflect.TypeFor[result.Result]():       "The run",
	reflect.TypeFor[result.Totals]():       "Totals",
	reflect.TypeFor[result.Calls]():        "Calls",
	reflect.TypeFor[result.Polling]():      "Polling",
	reflect.TypeFor[result.Server]():       "Server",
	reflect.TypeFor[result.Secret]():       "Secret",
	reflect.TypeFor[result.FieldChange]():  "Fields",
	reflect.TypeFor[result.Collection]():   "Collection",
	reflect.TypeFor[result.Importer]():     "Importer",
	reflect.TypeFor[result.Service]():      "Service",
	reflect.TypeFor[result.Operation]():    "Operation",
	reflect.TypeFor[result.Example]():      "Example",
	reflect.TypeFor[result.Difference]():   "Difference",
	reflect.TypeFor[result.ChangedPart]():  "Changed part",
	reflect.TypeFor[result.Interruption](): "Interrupted",
	reflect.TypeFor[result.PullComment]():  "Comment",
	reflect.TypeFor[result.NamedID]():      "Surplus importer",
	reflect.TypeFor[result.ImportReason](): "Import",
	reflect.TypeFor[result.Upload]():       "Upload",
	reflect.TypeFor[result.Consumers]():    "Consumers",
	reflect.TypeFor[result.Notice]():       "Notice",

	reflect.TypeFor[result.NoticeDifference](): "Notice difference",

	reflect.TypeFor[result.Done]():         "Done",
	reflect.TypeFor[result.Call]():         "Call",
	reflect.TypeFor[result.Finding]():      "Finding",
	reflect.TypeFor[result.Problem]():      "Problem",
	reflect.TypeFor[result.Verification](): "Verified",

	reflect.TypeFor[result.Gone]():             "Gone",
	reflect.TypeFor[result.Exported]():         "Exported",
	reflect.TypeFor[result.Leftovers]():        "Leftovers",
	reflect.TypeFor[result.Polls]():            "Polls",
	reflect.TypeFor[result.Leftover]():         "Leftover",
	reflect.TypeFor[result.LeftService]():      "Service of a leftover",
	reflect.TypeFor[result.Gate]():             "Gate",
	reflect.TypeFor[result.Mocks]():            "Mocks",
	reflect.TypeFor[result.MockedOperation]():  "Mocked operation",
	reflect.TypeFor[result.AnswerDifference](): "Difference of an answer",
	reflect.TypeFor[result.NotCalled]():        "Not called",
}

// TestReferenceDescribesEveryMember compares the tables with the types, and
// finds fields without a name of their own in JSON.
func TestReferenceDescribesEveryMember(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || reached[typ] {
			return
		}
		reached[typ] = true
		var want []string
		for _, field := range reflect.VisibleFields(typ) {
			if !field.IsExported() || field.Anonymous {
				continue // is not in JSON
			}
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			if name == "" || name != strings.ToLower(name[:1])+name[1:] {
				t.Errorf("%s.%s has the JSON name %q", typ, field.Name, name)
			}
			if options == "omitempty" {
				name += " °"
			}
			want = append(want, name)
			visit(field.Type)
		}
		if d := cmp.Diff(want, members(string(page), sections[typ])); d != "" {
			t.Errorf("section %q of %s (-want +got):\n%s", sections[typ], referencePage, d)
		}
	}
	visit(reflect.TypeFor[result.Result]())
	for typ, name := range sections {
		if !reached[typ] {
			t.Errorf("section %q describes %s, which no result holds", name, typ)
		}
	}
}

// members are the first cells of the first table in a section.
func members(page, section string) []string {
	_, rest, found := strings.Cut(page, "\n### "+section+"\n")
	if !found || section == "" {
		return nil
	}
	_, rest, _ = strings.Cut(rest, "| --- | --- |\n")
	var all []string
	for line := range strings.Lines(rest) {
		cell, isRow := strings.CutPrefix(line, "| ")
		if !isRow {
			break
		}
		cell, _, _ = strings.Cut(cell, " | ")
		all = append(all, strings.ReplaceAll(cell, "`", ""))
	}
	return all
}

// TestReferenceListsTheStatuses compares the order with the one by which a run
// gets its status.
func TestReferenceListsTheStatuses(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "| status | meaning |\n| --- | --- |\n")
	var got []string
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "| `") {
			break
		}
		got = append(got, strings.Split(line, "`")[1])
	}
	var want []string
	for _, s := range []result.Status{
		result.Failed, result.Created, result.Updated, result.Removed, result.Planned, result.Checked, result.Unchanged,
		result.Skipped,
	} {
		want = append(want, string(s))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("statuses of %s (-want +got):\n%s", referencePage, d)
	}
}

// The samples send nobody to a place in troubleshooting that there is not.
func TestSamplesNamePlacesThatThereAre(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	all := cases()
	all["documented"] = documented()
	for name, r := range all {
		problems := r.Problems
		for i := range r.Collections {
			problems = append(problems, r.Collections[i].Problems...)
		}
		for _, p := range problems {
			if p.Anchor != "" && !strings.Contains(string(page), "\n## "+p.Anchor+"\n") {
				t.Errorf("%s: %q is no place in troubleshooting", name, p.Anchor)
			}
		}
	}
}
