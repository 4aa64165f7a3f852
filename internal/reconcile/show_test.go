package reconcile

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/predict"
)

// However many collections there are and whatever they hold, what is told of each
// has a bound, and what is beyond is counted.
func TestWhatIsToldHasABound(t *testing.T) {
	t.Parallel()
	s := &predict.Service{Name: "Pets", Version: "1.0"}
	for i := range 300 {
		op := predict.Operation{Name: fmt.Sprintf("GET /%d/%s", i, strings.Repeat("a", 5000)), Method: "GET"}
		op.Examples = make([]predict.Example, 20)
		s.Operations = append(s.Operations, op)
	}
	var changes []predict.Change
	for i := range s.Operations {
		changes = append(changes, predict.Change{Kind: predict.Added, Operation: s.Operations[i].Name})
	}
	r := &reconciliation{items: make([]*item, 2000)}
	room := r.share()
	shown := r.serviceResult(t.Context(), "", s, false)
	size := 0
	for _, op := range shown.Operations {
		size += len(op.Name) + 20*len(op.Examples)
	}
	if size > room || len(shown.Operations) == 0 || shown.CountOperations() != 300 || shown.Examples() != 6000 {
		t.Errorf("%d bytes of %d, %d operations, %d examples", size, room, shown.CountOperations(), shown.Examples())
	}
	all, more := difference(changes, room)
	if len(all) == 0 || more == 0 || len(all)+more != 300 || len(all)*300 > room {
		t.Errorf("%d and %d more differences in %d bytes", len(all), more, room)
	}
	one := (&reconciliation{items: make([]*item, 1)}).serviceResult(t.Context(), "", s, false)
	if one.MoreOperations > 0 || one.Examples() != 6000 {
		t.Error("one collection has room")
	}
}
