package pulls_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/github"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Only a plan comments: a check on the same pull request does not.
func TestACheckDoesNotComment(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	told := s.plan()
	s.run.Mode = config.ModeCheck
	told.Collections[0].Consumers.Notices = []result.Notice{{Kind: result.NoticeAdded, Operation: "GET /pets"}}
	s.review().End(t.Context(), told)
	if n := len(s.hub.Comments(7)); n != 0 {
		t.Errorf("%d comments: %s", n, s.hub.Comments(7)[0].Body)
	}
	s.run.Mode = config.ModePlan
	s.review().End(t.Context(), told)
	if n := len(s.hub.Comments(7)); n != 1 {
		t.Errorf("a plan has %d comments", n)
	}
}

// A comment on a hundred collections with names of 10,000 characters is within what
// GitHub takes, as GitHub received it, and ends with where the rest is.
func TestACommentIsCutBetweenRows(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	long := text.Untrusted(strings.Repeat("𝔸@octocat | #1 <b>\n| forged | ", 350))
	told := s.plan()
	for i := range 100 {
		c := told.Collections[0]
		c.Name = long
		c.Consumers = &result.Consumers{Against: result.AgainstBase, Breaking: 2}
		for k := range 2 {
			c.Consumers.Notices = append(c.Consumers.Notices, result.Notice{
				Kind: result.NoticeRemoved, Operation: long, Example: long, Request: long, Breaking: true,
				Fingerprint: fmt.Sprintf("%032x", 2*i+k),
			})
		}
		told.Collections = append(told.Collections, c)
	}
	s.attempt++
	s.review().End(t.Context(), told)
	comments := s.hub.Comments(7)
	if len(comments) != 1 {
		t.Fatalf("%d comments", len(comments))
	}
	body := comments[0].Body
	if n := len(utf16.Encode([]rune(body))); n > github.BodyLimit || n < github.BodyLimit/2 {
		t.Errorf("%d characters", n)
	}
	if !strings.HasSuffix(body, strings.TrimRight(report.CommentMore, "\n")) && !strings.HasSuffix(body, report.CommentMore) {
		t.Errorf("it ends with %q", body[len(body)-200:])
	}
	if hint := told.Problems[len(told.Problems)-1].Hint; !strings.Contains(string(hint), "the comment has no room for ") {
		t.Errorf("the hint does not say that there is no room: %s", hint)
	}
	rows, recorded := 0, 0
	for line := range strings.Lines(body) {
		row := strings.HasPrefix(line, "|")
		if strings.HasPrefix(line, "<!-- shown ") {
			recorded += len(strings.Fields(line)) - len(strings.Fields("<!-- shown since=… -->"))
		} else if row {
			rows++
		}
		if row && (!strings.HasSuffix(line, " |\n") || strings.Count(line, "| ") < 2) {
			t.Errorf("half a row: %.300q", line)
		}
	}
	if rows -= 2; recorded != rows || rows < 20 { // the table's head has two
		t.Errorf("%d changes are recorded as shown, %d are", recorded, rows)
	}
}
