package reconcile

import (
	"slices"
	"time"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// judgeAlone predicts each collection by itself, which tells what service it
// is about. target brings the server's version.
func (r *run) judgeAlone(target predict.Target) {
	r.parallel(func(it *item) {
		began := time.Now()
		t := target
		t.URL = it.Wanted.URL
		t.Main = r.Mode != result.Check || it.Wanted.MainArtifact == nil || *it.Wanted.MainArtifact
		t.Export = it.Wanted.File != ""
		it.alone = predict.Collection(it.raw, t)
		it.Collection.Name = text.Untrusted(it.alone.Name)
		it.Findings = shownFindings(it.alone.Findings)
		r.refuseUnfit(it, it.alone)
		r.step("predict", it, began, outcomeText(it.alone))
	})
}

// refuseUnfit fails the collection when Microcks could not read it, when a
// finding is as bad as the run allows none, or when it is not what the run
// expects.
func (r *run) refuseUnfit(it *item, p predict.Prediction) {
	bad := count(p.Findings, result.Error)
	switch p.Outcome {
	case predict.Refused:
		it.Fail(&result.Problem{Level: result.Error,
			Text:   text.Untrustedf("predicting the import: Microcks would refuse it: %s", p.ImportError),
			Hint:   hintOf(p.Findings, "mend the collection in Postman as the findings say"),
			Anchor: "collection-refused", ExitCode: 1, OfFindings: bad > 0,
		})
	case predict.Crashed:
		it.Fail(&result.Problem{Level: result.Error,
			Text:   text.Untrustedf("predicting the import: Microcks would answer 500: %s", p.Cause),
			Hint:   hintOf(p.Findings, "mend the collection in Postman as the findings say"),
			Anchor: "collection-crashes", ExitCode: 1, OfFindings: bad > 0,
		})
	default:
		if bad > 0 {
			it.Fail(&result.Problem{
				Level: result.Error, Text: text.Untrustedf("judging the collection: %s of level error", text.Plural(bad, "finding")),
				Hint: hintOf(p.Findings, ""), Anchor: "findings-failed", ExitCode: 1, OfFindings: true,
			})
		} else if n := count(p.Findings, result.Warning); n > 0 && r.FailOnWarnings {
			it.Fail(&result.Problem{Level: result.Error,
				Text:   text.Untrustedf("judging the collection: %s of level warning, and `fail-on` is warning", text.Plural(n, "finding")),
				Hint:   "mend them in Postman, or set `fail-on: error`",
				Anchor: "findings-failed", ExitCode: 1,
			})
		}
	}
	for _, expected := range []struct{ input, want, got string }{
		{"expected-name", it.ExpectedName, p.Name},
		{"expected-version", it.ExpectedVersion, p.Version},
	} {
		if expected.want != "" && expected.want != expected.got {
			it.Fail(&result.Problem{Level: result.Error,
				Text:   text.Untrustedf("checking what the release expects: `%s` is %q, but the collection makes %q", expected.input, expected.want, expected.got),
				Hint:   "release the collection in Postman under the expected name and version first, or correct the input",
				Anchor: "expectation-failed", ExitCode: 1,
			})
		}
	}
}

// hintOf is the hint of the first error among the findings.
func hintOf(findings []result.Finding, otherwise text.Untrusted) text.Untrusted {
	i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Level == result.Error && f.Hint != "" })
	if i < 0 {
		return otherwise
	}
	return text.Untrusted(findings[i].Hint)
}

// showPredicted puts the service that would appear into each result.
func (r *run) showPredicted() {
	for _, it := range r.items {
		if it.alone.Service != nil {
			it.Service = r.serviceResult("", it.alone.Service)
		}
	}
}

// shownFindings are findings as they may be shown: one can quote where the
// server's service came from.
func shownFindings(findings []result.Finding) []result.Finding {
	for i := range findings {
		findings[i].Message = text.HideCredentials(findings[i].Message)
	}
	return findings
}
