// Package lint tells what a person should know of a collection before Microcks
// imports it. Its rules, one a file, look at a predicted import, read-only; the
// prediction knows nothing of them.
package lint

import (
	"context"
	"errors"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// maxFindings bounds the findings of one rule.
const maxFindings = 5000

// Bounds of findings, in bytes of memory.
const (
	MostOfAll   = 8 << 20
	mostPointer = 4096 // a longer one is left out
)

// Check applies every rule to an import. The findings are in the order of the
// rules, at most 5000 and 4 MB of each, and 8 MB of all; an import that is refused or crashes has at
// least one error.
func Check(im *predict.Import) []result.Finding {
	return CheckWithin(budget.New(context.Background()), im, MostOfAll)
}

// CheckWithin is [Check] within what is left of a budget, with findings of at most
// that many bytes, and one of each rule. Beyond the budget, one finding says that
// there may be more.
func CheckWithin(m *budget.Meter, im *predict.Import, most int) []result.Finding {
	return CheckDelivered(m, im, delivery.AsIs(im.Document.Raw), most)
}

// CheckDelivered is [CheckWithin] for an import of what was made from a source: the
// places of findings are those of the source.
func CheckDelivered(m *budget.Meter, im *predict.Import, from *delivery.Document, most int) []result.Finding {
	s := &subject{Import: im, from: from, meter: m, most: most, definer: im.Document.Definer(m), names: map[jackson.Value]text.Untrusted{}}
	if im.Outcome == predict.Untold {
		s.untold("what Microcks makes of the collection was not found out: %v", im.Err)
		return s.findings
	}
	if err := m.Within(s.check); err != nil {
		s.untold("there may be more to know of the collection, which was not found out: %v", err)
	}
	s.locate()
	return s.findings
}

// untold finds that the collection is more than a budget allows, whatever that costs.
// That a run ends is no finding about a collection.
func (s *subject) untold(format string, err error) {
	if !errors.Is(err, budget.ErrSpent) {
		return
	}
	s.meter = nil
	(&reporter{subject: s, rule: untold}).whole(format, err)
}

func (s *subject) check() {
	for _, rule := range Rules() {
		// What a rule looks at is of the size of all that was found out.
		s.meter.Work(workOfRule * (1 + len(s.Document.Items) + len(s.Examples)))
		rule.check(s, &reporter{subject: s, rule: rule})
	}
	if s.unexplained() {
		explain(s, &reporter{subject: s, rule: importBroken})
	}
}

// workOfRule is what one rule costs for an item or example.
const workOfRule = 3

// subject is what the rules look at, with what they have found.
type subject struct {
	*predict.Import
	from        *delivery.Document
	meter       *budget.Meter
	definer     *predict.Definer
	findings    []result.Finding
	bytes       int                              // of the findings
	most        int                              // of the bytes
	offsets     []int                            // of the findings in the source, -1 without a place
	each        []predict.ExampleAt              // each response once; see once
	names       map[jackson.Value]text.Untrusted // of folders, requests and examples
	mocked      *mocked                          // see mocks
	definitions map[string]int                   // items by the operation that they define
}

// unexplained reports whether the import breaks and no error tells why.
func (s *subject) unexplained() bool {
	return (s.Outcome == predict.Refused || s.Outcome == predict.Crashed) &&
		!slices.ContainsFunc(s.findings, func(f result.Finding) bool { return f.Level == result.Error })
}

// reporter takes the findings of one rule.
type reporter struct {
	subject *subject
	rule    Rule
	count   int
	bytes   int
	full    bool
	causes  []string // the formats of findings
}

// cause is that of a finding that is told in a format: what one says has one.
func (r *reporter) cause(format string) int {
	i := slices.Index(r.causes, format)
	if i < 0 {
		i = len(r.causes)
		r.causes = append(r.causes, format)
	}
	return i
}

// at reports something about a value of the input, or the one that it was made of.
func (r *reporter) at(v jackson.Value, format string, args ...any) {
	for from := r.subject.from; v.Exists() && from.Made(v.Offset()); {
		v = v.Parent()
	}
	r.add(v.Offset(), v, format, args)
}

// atByte reports something about a byte of an input that is no JSON.
func (r *reporter) atByte(offset int, format string, args ...any) {
	r.add(offset, jackson.Value{}, format, args)
}

// whole reports something about the whole input.
func (r *reporter) whole(format string, args ...any) {
	r.add(-1, jackson.Value{}, format, args)
}

// inFolder reports something about a place in the folder that the collection was made
// of.
func (r *reporter) inFolder(p gitformat.Position, format string, args ...any) {
	before := len(r.subject.findings)
	r.add(-1, jackson.Value{}, format, args)
	if len(r.subject.findings) == before {
		return
	}
	p = r.subject.from.Within(p)
	f := &r.subject.findings[before]
	f.File, f.Line, f.Column = p.File, p.Line, p.Column
}

func (r *reporter) add(offset int, v jackson.Value, format string, args []any) {
	s := r.subject
	s.meter.Work(workOfFinding)
	if r.full {
		return
	}
	if offset >= 0 {
		offset = s.from.Place(offset)
	}
	f := result.Finding{
		ID: r.rule.ID, Name: r.rule.Name, Level: r.rule.Level, Message: text.Untrustedf(format, args...), Cause: r.cause(format),
		Hint: r.rule.Hint, Pointer: text.Untrusted(s.from.Pointer(v.PointerUpTo(mostPointer))), Path: s.path(v),
	}
	size := findingBytes + len(f.Message) + len(f.Pointer)
	for _, name := range f.Path {
		size += nameBytes + len(name)
	}
	s.meter.Work(len(f.Path) + size/8)
	if r.count > 0 && (r.bytes+size > s.most/rulesInAll || s.bytes+size > s.most) {
		s.findings[len(s.findings)-1].Message += notCounted
		r.full = true
		return
	}
	if r.count++; r.count == maxFindings {
		f.Message += notCounted
		r.full = true
	}
	r.bytes += size
	s.bytes += size
	s.meter.Memory(size)
	s.offsets = append(s.offsets, offset)
	s.findings = append(s.findings, f)
}

const notCounted = "; more of this kind are not counted"

// rulesInAll is how many rules can have as much as one may.
const rulesInAll = 2

// What a finding costs.
const (
	workOfFinding = 40
	findingBytes  = 300
	nameBytes     = 16 // beside the name itself
)
