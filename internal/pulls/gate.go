package pulls

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Label is what accepts breaking changes on a pull request: those that the comment
// showed before it was set. A repository has one label of a name, in whatever case.
const Label = "breaking mocks accepted"

func isLabel(name string) bool { return strings.EqualFold(name, Label) }

// counts reports whether what consumers of a collection notice counts for the gate.
type counts func(*result.Consumers) bool

func everything(*result.Consumers) bool { return true }

// counting leaves out, where a pull request does not touch them, what is compared with
// the server: its plan is the same on every pull request.
func counting(t touch) counts {
	return func(c *result.Consumers) bool { return c.Against == result.AgainstBase || t.workflow }
}

// count is how many changes break.
func count(told *result.Result, what counts) (n int) {
	for c := range told.Noticing() {
		if what(c) {
			n += c.Breaking
		}
	}
	return n
}

// breaking are the changes that count and are listed.
func breaking(told *result.Result, what counts) (all []*result.Notice) {
	for c := range told.Noticing() {
		for i := range c.Notices {
			if n := &c.Notices[i]; n.Breaking && what(c) {
				all = append(all, n)
			}
		}
	}
	return all
}

// gate finds out which of the breaking changes are accepted. Where no comment can be
// written, the run that the label itself started accepts what its head commit breaks,
// and no other does.
func (r *Review) gate(ctx context.Context, told *result.Result, what counts, shown record, unwritable bool) {
	g := &result.Gate{Label: Label, Breaking: count(told, what)}
	told.Gate = g
	if g.Breaking == 0 {
		return
	}
	set := r.labelled(ctx, told, g)
	t := &r.Run.Trigger
	if unwritable {
		if t.Action == "labeled" && isLabel(string(t.Label)) && (set.there || !set.known) {
			for _, n := range breaking(told, what) {
				n.Accepted = true
			}
			g.Accepted = g.Breaking
			return
		}
		g.Next = report.KeepOld + "; if it shall break, set the label `" + Label + "` on this pull request, anew where it is set:" +
			" here no comment can show what breaks, so only the run that this starts accepts it, for its commit"
		return
	}
	for _, n := range breaking(told, what) {
		since, known := shown[n.Fingerprint]
		if n.Accepted = set.there && known && !since.After(set.at); n.Accepted {
			g.Accepted++
		}
	}
	switch {
	case g.Accepted == g.Breaking:
	case r.Client != nil && !set.known:
		g.Next = "GitHub did not tell whether the label `" + Label + "` is set: run again"
	case set.there:
		g.Next = "what the comment did not show before the label `" + Label + "` was set is not accepted: look at it, take the label off," +
			" and set it again"
	default:
		g.Next = report.KeepOld + "; if it shall break, set the label `" + Label + "` on this pull request"
	}
}

// labelling is whether the label is set, and since when.
type labelling struct {
	there bool
	at    time.Time
	known bool // GitHub was asked, and said
}

// labelled asks GitHub for the label: the event's payload is as old as the event.
func (r *Review) labelled(ctx context.Context, told *result.Result, g *result.Gate) (l labelling) {
	if r.Client == nil {
		return l
	}
	events, err := r.Client.LabelEvents(ctx, r.Run.Trigger.Number)
	if err != nil {
		told.Problems = result.With(told.Problems, noteOf(err, "who set the label is not known: "))
		return l
	}
	l.known = true
	for _, e := range slices.Backward(events) {
		if !isLabel(e.Label) {
			continue
		}
		if e.Set {
			l.there, l.at = true, e.At
			g.By, g.At = text.Untrusted(e.Actor.Login), text.Untrusted(e.At.UTC().Format(time.RFC3339))
		}
		return l
	}
	return l
}

// refuse fails a run with breaking changes that nobody accepted, or of which it was not
// found out whether there are any.
func refuse(told *result.Result, breaking int, g *result.Gate, untold bool) {
	if told.Status == result.Failed {
		return
	}
	next := report.KeepOld
	accepted := 0
	if g != nil {
		next, accepted = cmp.Or(g.Next, next), g.Accepted
	}
	hint := "see in the summary which requests are answered otherwise or no more; " + next
	switch {
	case breaking > accepted:
		said := fmt.Sprintf("comparing: %s for consumers of the mocks", text.Plural(breaking-accepted, "breaking change"))
		if accepted > 0 {
			said += fmt.Sprintf(", beside %d accepted", accepted)
		}
		said += ", and `fail-on` includes breaking"
		told.Fail(result.Problem{ExitCode: 3, Anchor: "breaking-found", Text: text.Untrusted(said), Hint: hint})
	case untold:
		told.Fail(result.Problem{
			ExitCode: 3, Anchor: "consumers-untold",
			Text: "comparing: it was not found out what breaks consumers of the mocks, and `fail-on` includes breaking",
			Hint: "see the warning for what stood in the way, and run again",
		})
	}
}

// untold reports whether it was not found out what breaks, of what counts for the gate.
func untold(told *result.Result, t touch) bool {
	is := func(p result.Problem) bool { return p.Anchor == "consumers-untold" }
	return slices.ContainsFunc(told.Problems, is) || slices.ContainsFunc(told.Collections, func(c result.Collection) bool {
		return (c.UID == "" || t.workflow) && slices.ContainsFunc(c.Problems, is)
	})
}

// record is since when the comment shows each breaking change, by its fingerprint. It
// stands, hidden, at the beginning of the comment's text.
type record map[string]time.Time

// mostRecorded changes are kept. What is beyond, and what the comment has no room to
// show, cannot be accepted by the label.
const mostRecorded = 500

// reading is how long nobody can have read a comment from when its text is made: until
// it is written, and seen.
const reading = 5 * time.Second

var recordLine = regexp.MustCompile(`^<!-- shown since=([0-9TZ:-]{20})((?: [0-9a-f]{32})+) +-->\n`)

// parseRecord reads the record that a text begins with, and returns what follows.
func parseRecord(s string) (record, string) {
	shown := record{}
	for {
		found := recordLine.FindStringSubmatch(s)
		if found == nil {
			return shown, s
		}
		if at, err := time.Parse(time.RFC3339, found[1]); err == nil {
			for fingerprint := range strings.FieldsSeq(found[2]) {
				shown[fingerprint] = at
			}
		}
		s = s[len(found[0]):]
	}
}

func (r record) String() string {
	at := map[time.Time][]string{}
	for fingerprint, since := range r {
		at[since] = append(at[since], fingerprint)
	}
	var lines []string
	for since, all := range at {
		slices.Sort(all)
		lines = append(lines, fmt.Sprintf("<!-- shown since=%s %s -->\n", since.UTC().Format(time.RFC3339), strings.Join(all, " ")))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// filling is the record's text, as long as that of one with more changes was.
func (r record) filling(length int) string {
	begin, ends := strings.CutSuffix(r.String(), "-->\n")
	if !ends {
		return begin
	}
	return begin + strings.Repeat(" ", max(0, length-len(begin)-len("-->\n"))) + "-->\n"
}

// with is the record of the changes that are shown now: what was shown before keeps its time, what
// is shown no more goes.
func (r record) with(all []*result.Notice, now time.Time) record {
	next := record{}
	for _, n := range all {
		if len(next) == mostRecorded {
			break
		}
		if since, known := r[n.Fingerprint]; known {
			next[n.Fingerprint] = since
		} else {
			next[n.Fingerprint] = now.UTC().Add(reading).Truncate(time.Second)
		}
	}
	return next
}

// shown is what the comment showed before this run.
func (r *Review) shown(ctx context.Context) (record, error) {
	if !r.comments() {
		return record{}, nil
	}
	body, found, err := r.Client.Ours(ctx, r.Run.Trigger.Number, r.place())
	if err != nil || !found {
		return record{}, err
	}
	shown, _ := parseRecord(strings.ReplaceAll(body, "\r\n", "\n"))
	return shown, nil
}
