package github

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// BodyLimit is the most characters of a comment. They are counted as UTF-16 does, so
// that a comment within it has at most 65,536 characters and 262,144 bytes, whichever
// GitHub counts.
const BodyLimit = 65_536

// Place says which of a run's comments on a pull request one is: there is one for
// each workflow, job and key.
type Place struct {
	Workflow string // its file: GITHUB_WORKFLOW_REF without what follows the @
	Job      string // GITHUB_JOB
	Key      string // what tells comments of one job apart: the server, an input
}

// Run orders what the runs of one workflow say: a higher number is newer, and of one
// number a higher attempt.
type Run struct {
	Number  int64 // GITHUB_RUN_NUMBER
	Attempt int64 // GITHUB_RUN_ATTEMPT
}

func (r Run) before(o Run) bool {
	return r.Number < o.Number || r.Number == o.Number && r.Attempt < o.Attempt
}

// check reports what no marker can hold.
func (r Run) check() error {
	if r.Number < 1 || r.Number >= 1e18 || r.Attempt < 1 || r.Attempt >= 1e9 {
		return &SettingError{
			Name: "GITHUB_RUN_NUMBER and GITHUB_RUN_ATTEMPT", Got: fmt.Sprintf("%d and %d", r.Number, r.Attempt), Takes: "numbers from 1",
		}
	}
	return nil
}

// id of a place. It shows nothing of the server's address, and nothing in it can end
// the marker.
func (p Place) id() string {
	names, _ := json.Marshal([]string{p.Workflow, p.Job, p.Key}) // texts can be marshalled
	sum := sha256.Sum256(names)
	return hex.EncodeToString(sum[:12])
}

// marker is the hidden line that a comment begins with.
type marker struct {
	place string
	run   Run
}

func (m marker) String() string {
	return fmt.Sprintf("<!-- postman-microcks-importer comment=v1 place=%s run=%d.%d -->\n", m.place, m.run.Number, m.run.Attempt)
}

var markerForm = regexp.MustCompile(
	`^<!-- postman-microcks-importer comment=v1 place=([0-9a-f]{24}) run=([0-9]{1,18})\.([0-9]{1,9}) -->\r?\n`)

// parseMarker reads the marker that a comment begins with, and returns what follows.
func parseMarker(body string) (m marker, rest string, ok bool) {
	found := markerForm.FindStringSubmatch(body)
	if found == nil {
		return marker{}, "", false
	}
	number, _ := strconv.ParseInt(found[2], 10, 64) // as many digits as fit
	attempt, _ := strconv.ParseInt(found[3], 10, 64)
	return marker{place: found[1], run: Run{Number: number, Attempt: attempt}}, body[len(found[0]):], true
}

// Part of a comment, in Markdown: a paragraph is a Head alone; a table is a Head with
// its first lines, and Rows. Texts are made harmless already, and end as they shall
// stand before what follows.
type Part struct {
	Head string   // written with the first row that fits, or alone where there are no rows
	Rows []string // written whole, or not at all
	Foot string   // ends the rows
}

// render writes the parts, given in the order of their importance, as far as they fit
// into so many characters. Where they do not fit, more ends the text: it points to
// where the rest is. rows are how many rows of each part were written, and cut reports
// that not all of them were.
func render(parts []Part, more string, limit int) (text string, rows []int, cut bool) {
	if text, rows, cut = fill(parts, limit); cut {
		text, rows, _ = fill(parts, limit-length(more))
		text += more
	}
	return text, rows, cut
}

// fill writes parts until one does not fit.
func fill(parts []Part, limit int) (text string, written []int, cut bool) {
	var b strings.Builder
	left := limit
	write := func(s string) {
		b.WriteString(s)
		left -= length(s)
	}
	written = make([]int, len(parts))
	for at, p := range parts {
		rows, foot := p.Rows, length(p.Foot)
		if len(rows) == 0 {
			rows = []string{""}
		}
		for i, row := range rows {
			if i == 0 {
				row = p.Head + row
			}
			if length(row)+foot > left {
				if i > 0 {
					write(p.Foot)
				}
				return b.String(), written, true
			}
			write(row)
			written[at]++
		}
		write(p.Foot)
	}
	return b.String(), written, false
}

// length counts characters as UTF-16 does.
func length(s string) int {
	n := 0
	for _, c := range s {
		n += max(utf16.RuneLen(c), 1)
	}
	return n
}

// fingerprint of a text, for telling whether it is another one: GitHub may change
// line ends, and white space at the end.
func fingerprint(text string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\r\n")))
}
