package reconcile

import (
	"fmt"
	"testing"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// A service that cannot be compared with its prediction to the end is neither
// verified nor wrong: that is told.
func TestUncomparedIsNotVerified(t *testing.T) {
	t.Parallel()
	service := func(n int, status string) *predict.Service {
		op := predict.Operation{Name: "GET /"}
		for i := range n {
			e := predict.Example{Name: "e", Response: predict.Response{Status: status, Content: new(fmt.Sprint(i))}}
			e.Response.MediaTypes = []string{"a", "b"} // so that others can be like it
			op.Examples = append(op.Examples, e)
		}
		return &predict.Service{Name: "Pets", Version: "1.0", Operations: []predict.Operation{op}}
	}
	for _, c := range []struct {
		examples int
		verified bool
		told     string
	}{
		{10, true, ""},
		{20_000, false, "comparison-untold"},
	} {
		status := "200"
		if !c.verified {
			status = "201"
		}
		it := &item{Wanted: &plan.Wanted{}, Collection: &result.Collection{}}
		v := verification{
			carrier: &carrier{reconciliation: &reconciliation{Deps: Deps{Log: silent{}}}},
			service: &plan.Service{Predicted: service(c.examples, "200")},
			items:   []*item{it}, now: service(c.examples, status),
		}
		if got := v.compare(t.Context(), true); got != c.verified || (it.Verified != nil) != c.verified || it.Failed() {
			t.Errorf("%d examples: %t, %+v", c.examples, got, it.Collection)
		}
		told := ""
		for _, p := range it.Problems {
			told += p.Anchor
		}
		if told != c.told {
			t.Errorf("%d examples: told %q", c.examples, told)
		}
	}
}
