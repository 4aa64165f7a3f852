package plan

import (
	"errors"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Unfit says why a collection is not to be imported: Microcks could not read
// it, a finding has a level that the run does not allow, or it is not what the
// run expects. It returns nothing for one that is fit.
func (w *Wanted) Unfit(p *predict.Import, findings []result.Finding) []*result.Problem {
	var problems []*result.Problem
	wrong := Count(findings, result.Error)
	const fix = "fix the collection in Postman as the findings say"
	switch {
	case p.Outcome == predict.Untold:
		problems = append(problems, untold(p.Err))
	case p.Outcome == predict.Refused:
		problems = append(problems, &result.Problem{
			Level: result.Error, Text: text.Untrustedf("predicting the import: Microcks would refuse it: %s", p.ImportError),
			Hint: firstHint(findings, fix), Anchor: "collection-refused", ExitCode: 1, OfFindings: wrong > 0,
		})
	case p.Outcome == predict.Crashed:
		problems = append(problems, &result.Problem{
			Level: result.Error, Text: text.Untrustedf("predicting the import: Microcks would answer 500: %s", lint.CauseText(p.Cause)),
			Hint: firstHint(findings, fix), Anchor: "collection-crashes", ExitCode: 1, OfFindings: wrong > 0,
		})
	case wrong > 0:
		problems = append(problems, &result.Problem{
			Level: result.Error, Text: text.Untrustedf("judging the collection: %s of level error", text.Plural(wrong, "finding")),
			Hint: firstHint(findings, ""), Anchor: "findings-failed", ExitCode: 1, OfFindings: true,
		})
	}
	if w.ServiceVersion != "" && w.ServiceVersion != p.Version {
		problems = append(problems, &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("comparing the version: `service-version` is %q, and the collection gives its service %q",
				w.ServiceVersion, p.Version),
			Hint:   "give the collection that version in Postman, by version=… at the start of its description, or correct the input",
			Anchor: "service-version", ExitCode: 1,
		})
	}
	return problems
}

// untold is the problem of a collection that was not judged to the end.
func untold(err error) *result.Problem {
	hint := text.Untrusted("")
	switch {
	case errors.Is(err, budget.ErrPot):
		hint = "give this collection, or each half of the collections, a step of its own"
	case errors.Is(err, budget.ErrSpent):
		hint = "split the collection, and look for what it holds in thousands; one that a person wrote is far from this limit"
	default: // the run is ending
		problem := result.NotFinished(err)
		return &problem
	}
	return &result.Problem{
		Level: result.Error, Text: text.Untrustedf("predicting the import: %v", err), Hint: hint, Anchor: "collection-untold", ExitCode: 1,
	}
}

// Count is how many findings have a level.
func Count(findings []result.Finding, level result.Level) int {
	n := 0
	for _, f := range findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// firstHint is the hint of the first error among the findings.
func firstHint(findings []result.Finding, otherwise text.Untrusted) text.Untrusted {
	i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Level == result.Error && f.Hint != "" })
	if i < 0 {
		return otherwise
	}
	return text.Untrusted(findings[i].Hint)
}
