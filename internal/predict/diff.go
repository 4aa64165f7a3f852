package predict

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/budget"
)

// ChangeKind is what happens to an operation or example.
type ChangeKind string

// Kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Part of an operation or example that can differ.
type Part string

// Parts of an operation, then of an example.
const (
	PartDispatcher Part = "dispatcher"
	PartRules      Part = "rules"
	PartPaths      Part = "paths"

	PartStatus            Part = "status"
	PartMediaType         Part = "mediaType"
	PartCriteria          Part = "criteria"
	PartRequestBody       Part = "requestBody"
	PartRequestHeaders    Part = "requestHeaders"
	PartRequestParameters Part = "requestParameters"
	PartResponseBody      Part = "responseBody"
	PartResponseHeaders   Part = "responseHeaders"
	PartArtifact          Part = "artifact"
)

// Change is one difference between what a server serves and what it would
// serve after an import.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Operation is its name.
	Operation string `json:"operation"`
	// Example is its name; empty when the operation itself changes.
	Example string `json:"example,omitempty"`
	// Fields that differ, for a changed one.
	Fields []Part `json:"fields,omitempty"`
	// Values of those fields that can be shown in a line, in their order.
	Values []Value `json:"values,omitempty"`
	// Breaking is set when consumers may lose something that they use: what
	// disappears, or answers to other requests than before.
	Breaking bool `json:"breaking"`
}

// Value is what a field was and what it becomes; nil where it has none.
type Value struct {
	Field Part    `json:"field"`
	From  *string `json:"from"`
	To    *string `json:"to"`
}

// Comparison is what differs between two services, as far as it was found out.
type Comparison struct {
	// Changes that are known, breaking ones first, otherwise in the order of the
	// collection.
	Changes []Change
	// Err is why there may be more of them: [budget.ErrSpent], or the cause of a
	// context's end; nil when these are all.
	Err error
}

// Same reports whether it was found out that nothing differs.
func (c Comparison) Same() bool { return len(c.Changes) == 0 && c.Err == nil }

// Diff compares the service as served with the service as predicted, within what is
// left of a budget. What is unknown is not compared, and neither are the dispatcher
// and rules of an operation that a person edited in Microcks: an import keeps them.
func Diff(m *budget.Meter, served, predicted *Service) (c Comparison) {
	d := differ{meter: m}
	c.Err = m.Within(func() { d.services(served, predicted) })
	c.Changes = slices.Concat(d.ofServed, d.ofPredicted)
	sort.SliceStable(c.Changes, func(i, k int) bool { return order(c.Changes[i]) < order(c.Changes[k]) })
	return c
}

// differ is a comparison under way.
type differ struct {
	meter *budget.Meter
	// Changes, by whose order they have: operations that go are served alone.
	ofServed, ofPredicted []Change
}

// workOfOperation is what comparing two operations costs, without their examples.
const workOfOperation = 30

func (d *differ) services(served, predicted *Service) {
	before := make(map[string]*Operation)
	gone := make(map[string]bool)
	if served != nil {
		for i := range served.Operations {
			op := &served.Operations[i]
			before[op.Name], gone[op.Name] = op, true
			d.meter.Work(workOfOperation + len(op.Name)/8)
		}
	}
	if predicted != nil {
		for i := range predicted.Operations {
			delete(gone, predicted.Operations[i].Name)
		}
	}
	if served != nil {
		for _, op := range served.Operations {
			if gone[op.Name] {
				d.ofServed = append(d.ofServed, Change{Kind: Removed, Operation: op.Name, Breaking: true})
			}
		}
	}
	if predicted == nil {
		return
	}
	for i := range predicted.Operations {
		after := &predicted.Operations[i]
		d.meter.Work(workOfOperation + len(after.Name)/8)
		if was, there := before[after.Name]; there {
			delete(before, after.Name)
			d.operations(was, after)
		} else {
			d.ofPredicted = append(d.ofPredicted, Change{Kind: Added, Operation: after.Name})
		}
	}
}

func order(c Change) int {
	if c.Breaking {
		return 0
	}
	return 1
}

func (d *differ) operations(was, is *Operation) {
	if was.Unknown || is.Unknown {
		return
	}
	var fields []Part
	add := func(part Part, same bool) {
		if !same {
			fields = append(fields, part)
		}
	}
	if !was.Override {
		add(PartDispatcher, was.Dispatcher == is.Dispatcher)
		add(PartRules, same(was.DispatcherRules, is.DispatcherRules))
	}
	add(PartPaths, slices.Equal(inOrder(d.meter, was.ResourcePaths), inOrder(d.meter, is.ResourcePaths)))
	if len(fields) > 0 {
		breaking := slices.Contains(fields, PartDispatcher)
		d.ofPredicted = append(d.ofPredicted, Change{
			Kind: Changed, Operation: is.Name, Fields: fields, Values: valuesOf(fields, was.values(), is.values()), Breaking: breaking,
		})
	}
	d.examples(is.Name, was.Examples, is.Examples)
}

// examples pairs examples by name; of several with one name those that are alike
// are paired first, whatever their order, which servers do not keep.
func (d *differ) examples(operation string, was, is []Example) {
	p := newPairing(d.meter, was)
	var unpaired []*sample
	for i := range is {
		e := newSample(d.meter, &is[i])
		if p.takeAlike(e) < 0 {
			unpaired = append(unpaired, e)
		}
	}
	var changes []Change
	for _, e := range unpaired {
		o := p.takeNamesake(e.Name)
		if o < 0 {
			changes = append(changes, Change{Kind: Added, Operation: operation, Example: e.Name})
			continue
		}
		fields := diffExample(p.was[o], e)
		breaking := slices.Contains(fields, PartCriteria)
		changes = append(changes, Change{
			Kind: Changed, Operation: operation, Example: e.Name, Fields: fields,
			Values: valuesOf(fields, p.was[o].values(), e.values()), Breaking: breaking,
		})
	}
	for i, e := range p.was {
		if !p.taken[i] {
			changes = append(changes, Change{Kind: Removed, Operation: operation, Example: e.Name, Breaking: true})
		}
	}
	d.ofPredicted = append(d.ofPredicted, changes...)
}

// values are the parts of an operation that can be shown in a line.
func (op *Operation) values() map[Part]*string {
	return map[Part]*string{
		PartDispatcher: given(op.Dispatcher), PartRules: op.DispatcherRules, PartPaths: given(strings.Join(op.ResourcePaths, ", ")),
	}
}

// values are the parts of an example that can be shown in a line: bodies, headers
// and parameters are none, and may be digests.
func (e *Example) values() map[Part]*string {
	return map[Part]*string{
		PartStatus: given(e.Response.Status), PartMediaType: given(e.Response.MediaType), PartCriteria: e.DispatchCriteria,
		PartArtifact: given(e.SourceArtifact),
	}
}

// given is a text, nil for an empty one.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// valuesOf are the values of some fields before and after.
func valuesOf(fields []Part, was, is map[Part]*string) []Value {
	var values []Value
	for _, field := range fields {
		if from, ok := was[field]; ok {
			values = append(values, Value{field, from, is[field]})
		}
	}
	return values
}

// diffExample names the parts in which two examples differ.
func diffExample(was, is *sample) []Part {
	if was.Unknown || is.Unknown {
		return nil
	}
	var fields []Part
	for _, field := range []struct {
		part Part
		same bool
	}{
		{PartStatus, was.Response.Status == is.Response.Status},
		{PartMediaType, sameMediaType(was.Response, is.Response)},
		{PartCriteria, same(was.DispatchCriteria, is.DispatchCriteria)},
		{PartRequestBody, same(was.Request.Content, is.Request.Content)},
		{PartRequestHeaders, sameHeaders(was.requestHeaders, is.requestHeaders)},
		{PartRequestParameters, slices.Equal(was.parameters, is.parameters)},
		{PartResponseBody, same(was.Response.Content, is.Response.Content)},
		{PartResponseHeaders, sameHeaders(was.responseHeaders, is.responseHeaders)},
		{PartArtifact, was.SourceArtifact == is.SourceArtifact},
	} {
		if !field.same {
			fields = append(fields, field.part)
		}
	}
	return fields
}

// sameMediaType reports whether two responses can have the same media type: where
// a server leaves open which one wins, each of them can.
func sameMediaType(a, b Response) bool {
	return a.MediaType == b.MediaType || slices.Contains(a.MediaTypes, b.MediaType) || slices.Contains(b.MediaTypes, a.MediaType)
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// sameHeaders reports whether two lists that are in order are equal.
func sameHeaders(a, b []Header) bool {
	return slices.EqualFunc(a, b, func(x, y Header) bool { return compareHeaders(x, y) == 0 })
}

// inOrder is a list of texts in order: servers do not keep the one that it had.
func inOrder(m *budget.Meter, texts []string) []string {
	m.Work(workOfSorting(len(texts)))
	if slices.IsSorted(texts) {
		return texts
	}
	return slices.Sorted(slices.Values(texts))
}

// workOfSorting is what sorting that many texts costs.
func workOfSorting(n int) int { return 2 * n * bits.Len(uint(n)) }

func compareHeaders(a, b Header) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), slices.Compare(a.Values, b.Values))
}

func compareParameters(a, b Parameter) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
}
