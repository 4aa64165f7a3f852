package report

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// blob is where files of the head commit are.
const blob = "https://github.com/acme/shop/blob/0f8a3c5e7d9b1a2c4e6f8091a3b5c7d9e0f1a2b3"

// whole is a comment that needs no cut.
func whole(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Head + strings.Join(p.Rows, "") + p.Foot)
	}
	return b.String()
}

// inRepository makes a planned collection one of a file, which is uploaded.
func inRepository(c result.Collection, file string) result.Collection {
	c.File, c.Source = text.Untrusted(file), text.Untrusted(file)
	c.UID, c.Importer, c.Verified, c.Status = "", nil, nil, result.Planned
	c.Upload = &result.Upload{Artifact: "0f8a3c5e7d9b1a2c4e6f8091.json", Way: result.Way{
		MainArtifact: true, Change: result.Keep, Import: differs(6),
	}}
	return c
}

// breakingFile is a pull request that changes a collection of the repository.
func breakingFile() *result.Result {
	c := inRepository(petStore(), "postman/pet-store.json")
	c.Difference, c.Consumers = difference(), consumers()
	c.Consumers.Against = result.AgainstBase
	for i := range c.Consumers.Notices {
		n := &c.Consumers.Notices[i]
		n.Fingerprint = fmt.Sprintf("%032x", i)
		if n.Kind != result.NoticeRemoved { // which is in no file any more
			n.File, n.Line, n.Column = c.File, 70+30*i, 15
		}
	}
	c.Findings = newFindings()
	return ran(result.Plan, result.Planned, c)
}

// newFindings are two that the base branch does not have, and one that it has.
func newFindings() []result.Finding {
	all := checkFile().Collections[0].Findings[4:]
	all[1].New, all[2].New = true, true
	return all
}

// gatedBy is a result that the gate judged, of whose breaking changes so many are accepted.
func gatedBy(r *result.Result, accepted int) *result.Result {
	notices := r.Collections[0].Consumers.Notices
	for i := range accepted {
		notices[i].Accepted = true
	}
	r.Gate = &result.Gate{Label: "breaking mocks accepted", Breaking: r.Breaking(), Accepted: accepted}
	if accepted == 0 {
		r.Gate.Next = "keep the old example beside the new one, or give the collection a new version, whose service stands " +
			"beside the old one; if it shall break, set the label `breaking mocks accepted` on this pull request"
		return r
	}
	r.Gate.By, r.Gate.At = "ada-lovelace", "2026-03-14T09:26:53Z"
	if accepted < r.Gate.Breaking {
		r.Gate.Next = "what the comment did not show before the label `breaking mocks accepted` was set is not accepted: " +
			"look at it, take the label off, and set it again"
	}
	return r
}

func newFindingsOnly() *result.Result {
	c := inRepository(petStore(), "postman/pet-store.json")
	c.Upload.Import, c.Findings = nil, newFindings()
	c.Consumers = &result.Consumers{Against: result.AgainstBase, Replayed: 23}
	return ran(result.Plan, result.Planned, c)
}

// hundredFiles is a pull request of a repository with many collections.
func hundredFiles() *result.Result {
	var all []result.Collection
	for i := range 100 {
		name := fmt.Sprintf("Service %02d", i)
		c := inRepository(named(name, i), fmt.Sprintf("postman/service-%02d.json", i))
		c.Consumers = &result.Consumers{Against: result.AgainstBase, Replayed: 23}
		c.Upload.Import = nil
		if i%10 == 3 {
			c.Upload.Import = differs(3)
			c.Consumers = consumers()
			c.Consumers.Against = result.AgainstBase
		}
		if i == 40 {
			c.Status, c.Service, c.Upload, c.Consumers = result.Failed, nil, nil, nil
			c.Problems = []result.Problem{{
				Level: result.Error, Text: "reading postman/service-40.json: line 12: unexpected end of JSON",
				Hint: "export the collection again", Anchor: "collection-unreadable", ExitCode: 1,
			}}
		}
		all = append(all, c)
	}
	r := ran(result.Plan, result.Failed, all...)
	gone := consumers()
	gone.Against, gone.Notices, gone.Breaking = result.AgainstBase, gone.Notices[:1], 1
	r.Gone = []result.Gone{{File: "postman/legacy.json", Name: "Legacy", Version: "1.0", Consumers: gone}}
	return r
}

// comments are the results whose comment is kept as golden files.
func comments() map[string]*result.Result {
	return map[string]*result.Result{
		"breaking":      breakingFile(),
		"reference":     plannedUpdate(),
		"several":       plannedSeveral(),
		"hundred":       hundredFiles(),
		"nothing":       plannedNothing(),
		"findings":      newFindingsOnly(),
		"not-accepted":  gatedBy(breakingFile(), 0),
		"part-accepted": gatedBy(breakingFile(), 2),
		"accepted":      gatedBy(breakingFile(), 3),
	}
}

// goldenComments are comments as they stand in the golden files.
func goldenComments() map[string]string {
	all := map[string]string{}
	for name, r := range comments() {
		all[name] = whole(Comment(r, docs(), blob))
	}
	all["merged"] = Closed(true) + all["accepted"]
	all["closed"] = Closed(false) + all["breaking"]
	return all
}

func TestGoldenComments(t *testing.T) {
	t.Parallel()
	for name, said := range goldenComments() {
		golden(t, "comment-"+name+".md", said)
		checkSafe(t, said)
	}
}

// A comment that is cut after any row has the shape that it has with harmless names,
// and every row fits into one: 65,536 characters, of which the gate's record takes a
// fourth.
func TestCommentCutAnywhere(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("@octocat #1 <b>|`[x](//evil.example) :octocat: ", 220) // over 10,000 characters
	v := 1 | withSeveral | withReplay
	harmless, hostile := manyRows(v, "x"), manyRows(v, long)
	if len(harmless) != len(hostile) {
		t.Fatalf("%d cuts, %d with a hostile name", len(harmless), len(hostile))
	}
	for i := 0; i < len(hostile); i += 5 {
		said := hostile[i]
		if d := cmp.Diff(shape(harmless[i]), shape(said)); d != "" {
			t.Fatalf("cut %d (-harmless +got):\n%s\n%s", i, d, said)
		}
		if i%25 == 0 {
			checkSafe(t, said)
		}
	}
	for _, p := range Comment(filled(v, long, long), docs(), blob) {
		for _, row := range append(p.Rows, "") {
			if n := len(utf16.Encode([]rune(p.Head + row + p.Foot))); n > 10_000 {
				t.Errorf("%d characters: %.200s", n, p.Head+row)
			}
		}
	}
}

// manyRows is a comment of many rows, cut after each of them, as long as all its texts
// are s.
func manyRows(v variant, s string) []string {
	r := filled(v, s, s)
	for i := range r.Collections {
		c := &r.Collections[i]
		for range 4 {
			c.Consumers.Notices = append(c.Consumers.Notices, c.Consumers.Notices[:4]...)
		}
		for range 10 {
			c.Findings = append(c.Findings, c.Findings[2])
		}
	}
	var cuts []string
	before := ""
	for _, p := range Comment(r, docs(), blob) {
		said := before + p.Head
		for _, row := range p.Rows {
			said += row
			cuts = append(cuts, said+p.Foot+CommentMore)
		}
		before = said + p.Foot
	}
	return cuts
}

// A warning that nothing is known of what breaks is news, and no comment says that
// nothing changes.
func TestCommentSaysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	r := plannedNothing()
	if HasNews(r) {
		t.Error("nothing is news")
	}
	r.Problems = []result.Problem{{Level: result.Warning, Anchor: "consumers-untold", Text: "comparing: no answer", Hint: "run again"}}
	said := whole(Comment(r, docs(), blob))
	if !HasNews(r) || strings.Contains(said, "No changes") || !strings.Contains(said, "#### Good to know\n\n- ⚠️ comparing: no answer<br>") {
		t.Errorf("%s", said)
	}
}

// Requests of which nothing can be told may break, and are no notice: they are counted
// where the plan changes something, though nothing else be noticed.
func TestWhatCannotBeToldIsCounted(t *testing.T) {
	t.Parallel()
	r := breakingFile()
	r.Collections[0].Consumers.Notices, r.Collections[0].Consumers.Breaking = nil, 0
	const want = "Of 1 request it cannot be told."
	if said := whole(Comment(r, docs(), blob)); !strings.Contains(said, want) {
		t.Errorf("the comment: %s", said)
	}
	if said := Summary(r, docs()); !strings.Contains(said, want) {
		t.Errorf("the summary: %s", said)
	}
}

// Whoever sees a gate's comment sees first what is not accepted.
func TestCommentTellsFirstWhatIsNotAccepted(t *testing.T) {
	t.Parallel()
	said := whole(Comment(gatedBy(breakingFile(), 2), docs(), blob))
	open, accepted := strings.Index(said, "| changed: First page"), strings.Index(said, "| ☑️ accepted, ")
	if open < 0 || accepted < open {
		t.Errorf("%s", said)
	}
}

func TestCommentHeadlines(t *testing.T) {
	t.Parallel()
	one := gatedBy(hundredFiles(), 0)
	one.Gate = nil
	one.Collections, one.Status = one.Collections[:3], result.Planned
	added := breakingFile()
	added.Collections[0].Consumers.Notices, added.Collections[0].Consumers.Breaking = consumers().Notices[3:], 0
	label := plannedUpdate()
	label.Collections[0].Consumers, label.Collections[0].Difference, label.Secrets = nil, nil, nil
	stopped := timedOut()
	stopped.Mode = result.Plan
	for _, tt := range []struct {
		r    *result.Result
		want string
	}{
		{one, "💥 1 breaking change to the mocks of Legacy 1.0 (postman/legacy.json, gone)"},
		{added, "📋 Changes to the mocks of Pet Store 1.0.0 (postman/pet-store.json), none of them breaking"},
		{label, "📋 Plan for Pet Store 1.0.0: update the importer, import again"},
		{stopped, "🛑 Interrupted with 1 of 4 collections done"},
		{failedRun(), "❌ Microcks cannot be reached, nothing was written to Microcks"},
	} {
		if got := string(commentHeadline(tt.r)); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
