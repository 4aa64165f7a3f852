package report

import (
	"encoding/json"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/reconcile"
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
func Outputs(r *reconcile.Result) []Output {
	status := r.Status
	if status == "" {
		status = reconcile.Failed
	}
	var c reconcile.CollectionResult
	if len(r.Collections) == 1 {
		c = r.Collections[0]
	}
	var importer reconcile.ImporterResult
	if c.Importer != nil {
		importer = *c.Importer
	}
	var service reconcile.ServiceResult
	if c.Service != nil {
		service = *c.Service
	}
	return []Output{
		{"status", string(status)},
		{"changed", strconv.FormatBool(changes(r))},
		{"operations", strconv.Itoa(r.Totals.Operations)},
		{"examples", strconv.Itoa(r.Totals.Examples)},
		{"warnings", strconv.Itoa(r.Totals.Warnings)},
		{"errors", strconv.Itoa(r.Totals.Errors)},
		{"result", string(JSON(r, maxResult))},
		{"importer-id", importer.ID},
		{"importer-url", importer.URL},
		{"service-id", service.ID},
		{"service-name", short(service.Name)},
		{"service-version", short(service.Version)},
		{"service-url", service.URL},
		{"mock-url", short(service.MockURL)},
	}
}

// mostOutput bounds an output that a collection's author decides, in bytes: all
// outputs of a job together may have 1 MB.
const mostOutput = 4096

func short(s string) string {
	if len(s) <= mostOutput {
		return s
	}
	return strings.ToValidUTF8(s[:mostOutput], "") + "…"
}

// changes tells whether something in Microcks was changed, or with a plan would
// be.
func changes(r *reconcile.Result) bool {
	return r.Changed || r.Mode == reconcile.Plan && (secretDue(r) || count(r, due) > 0)
}

// JSON is the Result as one line of JSON, of at most limit bytes: when it would
// be longer, detail is left out, the least telling first, and the member
// truncated is true. Totals are always whole.
func JSON(r *reconcile.Result, limit int) []byte {
	whole := encode(r, false)
	if len(whole) <= limit {
		return whole
	}
	short := *r
	short.Collections = append([]reconcile.CollectionResult{}, r.Collections...)
	for _, leaveOut := range []func(*reconcile.CollectionResult){withoutExamples, withoutOperations, withoutDetail} {
		for i := range short.Collections {
			leaveOut(&short.Collections[i])
		}
		if b := encode(&short, true); len(b) <= limit {
			return b
		}
	}
	for n := len(short.Collections) / 2; n > 0; n /= 2 {
		short.Collections = short.Collections[:n]
		if b := encode(&short, true); len(b) <= limit {
			return b
		}
	}
	return encode(&reconcile.Result{
		Schema: r.Schema, Version: r.Version, Mode: r.Mode, Status: r.Status, Changed: r.Changed,
		Collections: []reconcile.CollectionResult{}, Totals: r.Totals, Duration: r.Duration,
	}, true)
}

func withoutExamples(c *reconcile.CollectionResult) {
	if c.Service == nil {
		return
	}
	service := *c.Service
	service.Operations = make([]reconcile.OperationResult, len(c.Service.Operations))
	for i, op := range c.Service.Operations {
		op.Examples = []reconcile.ExampleResult{}
		service.Operations[i] = op
	}
	c.Service = &service
}

func withoutOperations(c *reconcile.CollectionResult) {
	if c.Service == nil {
		return
	}
	service := *c.Service
	service.Operations = []reconcile.OperationResult{}
	c.Service = &service
}

func withoutDetail(c *reconcile.CollectionResult) {
	const most = 5
	c.Difference = nil
	c.Findings = c.Findings[:min(most, len(c.Findings))]
	c.Problems = c.Problems[:min(most, len(c.Problems))]
}

func encode(r *reconcile.Result, truncated bool) []byte {
	whole := *r
	if whole.Collections == nil {
		whole.Collections = []reconcile.CollectionResult{}
	}
	b, err := json.Marshal(struct {
		*reconcile.Result
		Truncated bool `json:"truncated,omitempty"`
	}{&whole, truncated})
	if err != nil {
		// Result is made of strings, numbers and structs of them.
		panic("encoding the result: " + err.Error())
	}
	return b
}
