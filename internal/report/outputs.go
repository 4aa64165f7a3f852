package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Output of the step. The value is untrusted and one line.
type Output struct {
	Name, Value string
}

// maxResult is the most bytes of the output result. A job's outputs together
// may have 1 MB, counted as UTF-16.
const maxResult = 500_000

// Outputs of a run, every one that action.yml declares, in its order. What is
// about one collection is empty unless the run has exactly one.
func Outputs(r *result.Result) []Output {
	status := r.Status
	if status == "" {
		status = result.Failed
	}
	var c result.Collection
	if len(r.Collections) == 1 {
		c = r.Collections[0]
	}
	var service result.Service
	if c.Service != nil {
		service = *c.Service
	}
	outputs := []Output{
		{"status", string(status)},
		{"changed", strconv.FormatBool(r.Changed)},
		{"service", serviceOutput(&service)},
		{"service-url", service.URL},
		{"mock-url", string(service.MockURL)},
		{"result", string(JSON(r, maxResult))},
		{"breaking", strconv.Itoa(r.Breaking())},
		{"comment-url", commentURL(r)},
		{"leftovers", strconv.Itoa(r.Leftovers.Count())},
		{"pruned", strconv.Itoa(r.Leftovers.Pruned())},
		{"warnings", strconv.Itoa(r.Totals.Warnings)},
		{"errors", strconv.Itoa(r.Totals.Errors)},
	}
	for i, o := range outputs {
		if o.Name != "result" { // which has a limit of its own
			outputs[i].Value = bounded(o.Value)
		}
	}
	return outputs
}

// commentURL is where the comment on the pull request is; "" where there is none.
func commentURL(r *result.Result) string {
	if r.Comment == nil {
		return ""
	}
	return r.Comment.URL
}

// mostOutput bounds an output that a collection's author or a server decides, in
// bytes: all outputs of a job together may have 1 MB.
const mostOutput = 4096

// serviceOutput names a service as Microcks' own actions take it; "" is none.
func serviceOutput(s *result.Service) string {
	if s.Name == "" {
		return ""
	}
	return string(s.Name + ":" + s.Version)
}

func bounded(s string) string {
	if len(s) <= mostOutput {
		return s
	}
	return strings.ToValidUTF8(s[:mostOutput], "") + "…"
}

// JSON is the Result as one line of JSON, of at most limit bytes: when it would
// be longer, detail is left out, the least telling first, and the member
// truncated is true. Totals are always whole.
func JSON(r *result.Result, limit int) []byte {
	short := *r
	if least(r) <= limit {
		if whole := encode(&short, false); len(whole) <= limit {
			return whole
		}
	}
	short.Leftovers = withoutLeftovers(r.Leftovers)
	short.Collections = append([]result.Collection{}, r.Collections...)
	for _, leaveOut := range []func(*result.Collection){withoutExamples, withoutProved, withoutOperations, withoutDetail} {
		for i := range short.Collections {
			leaveOut(&short.Collections[i])
		}
		if b := encode(&short, true); len(b) <= limit {
			return b
		}
	}
	// Of the collections those that failed stay longest.
	all := short.Collections
	sort.SliceStable(all, func(i, k int) bool { return urgency(&all[i]) < urgency(&all[k]) })
	for n := len(short.Collections) / 2; n > 0; n /= 2 {
		short.Collections = short.Collections[:n]
		if b := encode(&short, true); len(b) <= limit {
			return b
		}
	}
	return encode(&result.Result{
		Schema: r.Schema, Version: r.Version, Mode: r.Mode, Status: r.Status, Changed: r.Changed, Written: r.Written,
		Collections: []result.Collection{}, Totals: r.Totals, DurationMillis: r.DurationMillis,
	}, true)
}

// least is a number of bytes that the Result as JSON surely has: one that is far too
// long is not even made.
func least(r *result.Result) (n int) {
	const ofFinding, ofExample, ofOperation, ofDifference, ofMock = 50, 20, 24, 40, 40
	for i := range r.Collections {
		c := &r.Collections[i]
		n += ofFinding*len(c.Findings) + ofDifference*len(c.Difference)
		if c.Service != nil {
			n += ofOperation * len(c.Service.Operations)
			for k := range c.Service.Operations {
				n += ofExample * len(c.Service.Operations[k].Examples)
			}
		}
		if c.Verified != nil && c.Verified.Mocks != nil {
			n += ofMock * len(c.Verified.Mocks.Operations)
		}
		for k := range c.Findings {
			n += len(c.Findings[k].Message)
		}
	}
	return n
}

// withoutLeftovers leaves the first ones, without the services that they made.
func withoutLeftovers(l *result.Leftovers) *result.Leftovers {
	const most = 20
	if l == nil {
		return nil
	}
	few := l.Clone()
	few.List = few.List[:min(most, len(few.List))]
	few.More = l.Count() - len(few.List)
	for i := range few.List {
		few.List[i].Services = nil
	}
	return few
}

func withoutExamples(c *result.Collection) {
	if c.Service == nil {
		return
	}
	service := *c.Service
	service.Operations = make([]result.Operation, len(c.Service.Operations))
	for i, op := range c.Service.Operations {
		op.MoreExamples, op.Examples = op.CountExamples(), []result.Example{}
		service.Operations[i] = op
	}
	c.Service = &service
}

// withoutProved leaves out the operations whose mocks answered as saved.
func withoutProved(c *result.Collection) {
	if c.Verified == nil || c.Verified.Mocks == nil {
		return
	}
	all := c.Verified.Mocks.Operations
	shortened(c, slices.IndexFunc(all, func(o result.MockedOperation) bool { return o.Outcome == result.MockProved }))
}

// shortened leaves the first operations whose mocks were called; -1 leaves all.
func shortened(c *result.Collection, most int) {
	if c.Verified == nil || c.Verified.Mocks == nil || most < 0 || most >= len(c.Verified.Mocks.Operations) {
		return
	}
	verified, mocks := *c.Verified, *c.Verified.Mocks
	mocks.MoreOperations += len(mocks.Operations) - most
	mocks.Operations = mocks.Operations[:most:most]
	verified.Mocks = &mocks
	c.Verified = &verified
}

func withoutOperations(c *result.Collection) {
	if c.Service == nil {
		return
	}
	service := *c.Service
	service.MoreOperations, service.MoreExamples = service.CountOperations(), service.Examples()
	service.Operations = []result.Operation{}
	c.Service = &service
}

func withoutDetail(c *result.Collection) {
	const most = 5
	c.MoreDifferences += len(c.Difference)
	c.Difference = nil
	c.Findings = c.Findings[:min(most, len(c.Findings))]
	c.Problems = c.Problems[:min(most, len(c.Problems))]
	shortened(c, most)
}

func encode(r *result.Result, truncated bool) []byte {
	r.Truncated = truncated
	if r.Collections == nil {
		r.Collections = []result.Collection{}
	}
	b, err := json.Marshal(r)
	if err != nil {
		// Result is made of strings, numbers and structs of them.
		panic("encoding the result: " + err.Error())
	}
	return printableJSON(twoHashes.ReplaceAll(b, []byte(`#$1\u0023`)))
}

// twoHashes finds what begins the runner's command "##[", for which characters that
// are not ASCII do not count: what keeps it from being one would break the JSON.
var twoHashes = regexp.MustCompile(`#([^\x00-\x7F]*)#`)

// printableJSON escapes in JSON, which has them in strings only, the characters that a
// terminal obeys or does not show.
func printableJSON(b []byte) []byte {
	odd := func(c rune) bool { return c >= 0x7f && text.Line(string(c)) != string(c) }
	if bytes.IndexFunc(b, odd) < 0 {
		return b
	}
	var out bytes.Buffer
	for _, c := range string(b) {
		switch high, low := utf16.EncodeRune(c); {
		case !odd(c):
			out.WriteRune(c)
		case high != unicode.ReplacementChar:
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, c)
		}
	}
	return out.Bytes()
}
