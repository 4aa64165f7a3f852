// Package lint tells what a person should know of a collection before Microcks
// imports it. Its rules, one a file, look at a predicted import, read-only; the
// prediction knows nothing of them.
package lint

import (
	"slices"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// maxFindings bounds the findings of one rule.
const maxFindings = 5000

// Check applies every rule to an import. The findings are in the order of the
// rules, at most 5000 of each; an import that is refused or crashes has at least
// one error.
func Check(im *predict.Import) []result.Finding {
	s := &subject{Import: im}
	for _, rule := range Rules() {
		rule.check(s, &reporter{subject: s, rule: rule})
	}
	if s.unexplained() {
		explain(s, &reporter{subject: s, rule: importBroken})
	}
	s.locate()
	return s.findings
}

// subject is what the rules look at, with what they have found.
type subject struct {
	*predict.Import
	findings []result.Finding
	offsets  []int               // of the findings in the input, -1 without a place
	each     []predict.ExampleAt // each response once; see once
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
}

// at reports something about a value of the input.
func (r *reporter) at(v jackson.Value, format string, args ...any) {
	r.add(v.Offset(), v, text.Untrustedf(format, args...))
}

// atByte reports something about a byte of an input that is no JSON.
func (r *reporter) atByte(offset int, format string, args ...any) {
	r.add(offset, jackson.Value{}, text.Untrustedf(format, args...))
}

// whole reports something about the whole input.
func (r *reporter) whole(format string, args ...any) {
	r.add(-1, jackson.Value{}, text.Untrustedf(format, args...))
}

func (r *reporter) add(offset int, v jackson.Value, message text.Untrusted) {
	if r.count++; r.count > maxFindings {
		return
	} else if r.count == maxFindings {
		message += "; more of this kind are not counted"
	}
	r.subject.offsets = append(r.subject.offsets, offset)
	r.subject.findings = append(r.subject.findings, result.Finding{
		ID: r.rule.ID, Name: r.rule.Name, Level: r.rule.Level, Message: message, Hint: r.rule.Hint,
		Pointer: text.Untrusted(v.Pointer()), Path: r.subject.path(v),
	})
}
