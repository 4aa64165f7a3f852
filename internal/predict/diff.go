package predict

import (
	"cmp"
	"slices"
	"strings"
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

// Diff lists the changes from the service as served to the service as
// predicted, breaking ones first, otherwise in the order of the collection.
// What is unknown is not compared, nor are examples whose comparison takes too much; and neither are the dispatcher and rules of
// an operation that a person edited in Microcks: an import keeps them.
func Diff(served, predicted *Service) []Change {
	before := make(map[string]*Operation)
	if served != nil {
		for i := range served.Operations {
			before[served.Operations[i].Name] = &served.Operations[i]
		}
	}
	var changes []Change
	patience := mostOdd
	if predicted != nil {
		for i := range predicted.Operations {
			after := &predicted.Operations[i]
			was, there := before[after.Name]
			if !there {
				changes = append(changes, Change{Kind: Added, Operation: after.Name})
				continue
			}
			delete(before, after.Name)
			changes = append(changes, diffOperation(was, after, &patience)...)
		}
	}
	if served != nil {
		for _, op := range served.Operations {
			if _, gone := before[op.Name]; gone {
				changes = append(changes, Change{Kind: Removed, Operation: op.Name, Breaking: true})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(order(a), order(b)) })
	return changes
}

func order(c Change) int {
	if c.Breaking {
		return 0
	}
	return 1
}

// diffOperation compares two operations, with what patience there is.
func diffOperation(was, is *Operation, patience *int) []Change {
	if was.Unknown || is.Unknown {
		return nil
	}
	var changes []Change
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
	add(PartPaths, sameSet(was.ResourcePaths, is.ResourcePaths, strings.Compare))
	if len(fields) > 0 {
		breaking := slices.Contains(fields, PartDispatcher)
		changes = append(changes, Change{
			Kind: Changed, Operation: is.Name, Fields: fields, Values: valuesOf(fields, was.values(), is.values()), Breaking: breaking,
		})
	}
	if *patience -= effort(was.Examples, is.Examples); *patience < 0 {
		return nil // whatever differs, it is not known
	}
	return append(changes, diffExamples(is.Name, was.Examples, is.Examples)...)
}

// diffExamples pairs examples by name; of several with one name those that are
// alike are paired first, whatever their order, which servers do not keep.
func diffExamples(operation string, was, is []Example) []Change {
	p := newPairing(was)
	var unpaired []*Example
	for i := range is {
		if p.takeAlike(&is[i]) < 0 {
			unpaired = append(unpaired, &is[i])
		}
	}
	var changes []Change
	for _, e := range unpaired {
		o := p.takeNamesake(e.Name)
		if o < 0 {
			changes = append(changes, Change{Kind: Added, Operation: operation, Example: e.Name})
			continue
		}
		fields := diffExample(was[o], *e)
		breaking := slices.Contains(fields, PartCriteria)
		changes = append(changes, Change{
			Kind: Changed, Operation: operation, Example: e.Name, Fields: fields,
			Values: valuesOf(fields, was[o].values(), e.values()), Breaking: breaking,
		})
	}
	for i, e := range was {
		if !p.taken[i] {
			changes = append(changes, Change{Kind: Removed, Operation: operation, Example: e.Name, Breaking: true})
		}
	}
	return changes
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
func diffExample(was, is Example) []Part {
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
		{PartRequestHeaders, sameSet(was.Request.Headers, is.Request.Headers, compareHeaders)},
		{PartRequestParameters, sameSet(was.Request.Parameters, is.Request.Parameters, compareParameters)},
		{PartResponseBody, same(was.Response.Content, is.Response.Content)},
		{PartResponseHeaders, sameSet(was.Response.Headers, is.Response.Headers, compareHeaders)},
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

// sameSet reports whether two lists are equal but for their order, which servers
// do not keep.
func sameSet[T any](a, b []T, compare func(T, T) int) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, compare)
	slices.SortFunc(b, compare)
	return slices.EqualFunc(a, b, func(x, y T) bool { return compare(x, y) == 0 })
}

func compareHeaders(a, b Header) int {
	sorted := func(h Header) []string { return slices.Sorted(slices.Values(h.Values)) }
	return cmp.Or(strings.Compare(a.Name, b.Name), slices.Compare(sorted(a), sorted(b)))
}

func compareParameters(a, b Parameter) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
}
