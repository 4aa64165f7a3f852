package reconcile

import (
	"fmt"
	"slices"
	"time"

	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// judgeAlone reads each collection as a server of that version does, and predicts
// its import by itself, which tells what service it is about.
func (r *run) judgeAlone(version string) {
	r.parallel(func(it *item) {
		began := time.Now()
		it.document = predict.Read(it.raw, predict.Options{Version: version, Export: it.Wanted.File != ""})
		alone := it.document.Import(predict.Target{
			URL:  it.Wanted.URL,
			Main: r.Mode != Check || it.Wanted.MainArtifact == nil || *it.Wanted.MainArtifact,
		})
		it.alone = alone.Prediction
		it.CollectionResult.Name = it.alone.Name
		it.Findings = shownFindings(lint.Check(alone))
		r.refuseUnfit(it, it.alone)
		r.step("predict", it, began, outcomeText(it.alone))
	})
}

// refuseUnfit fails the collection when Microcks could not read it, when a
// finding is as bad as the run allows none, or when it is not what the run
// expects.
func (r *run) refuseUnfit(it *item, p predict.Prediction) {
	bad := count(it.Findings, result.Error)
	switch p.Outcome {
	case predict.Refused:
		it.fail(&refusal{
			text:   fmt.Sprintf("predicting the import: Microcks would refuse it: %s", p.ImportError),
			hint:   hintOf(it.Findings, "mend the collection in Postman as the findings say"),
			anchor: "collection-refused", code: 1, ofFindings: bad > 0,
		})
	case predict.Crashed:
		it.fail(&refusal{
			text:   fmt.Sprintf("predicting the import: Microcks would answer 500: %s", lint.CauseText(p.Cause)),
			hint:   hintOf(it.Findings, "mend the collection in Postman as the findings say"),
			anchor: "collection-crashes", code: 1, ofFindings: bad > 0,
		})
	default:
		if bad > 0 {
			it.fail(&refusal{text: fmt.Sprintf("judging the collection: %s of level error", plural(bad, "finding")), hint: hintOf(it.Findings, ""), anchor: "findings-failed", code: 1, ofFindings: true})
		} else if n := count(it.Findings, result.Warning); n > 0 && r.FailOnWarnings {
			it.fail(&refusal{
				text:   fmt.Sprintf("judging the collection: %s of level warning, and `fail-on` is warning", plural(n, "finding")),
				hint:   "mend them in Postman, or set `fail-on: error`",
				anchor: "findings-failed", code: 1,
			})
		}
	}
	for _, expected := range []struct{ input, want, got string }{
		{"expected-name", it.ExpectedName, p.Name},
		{"expected-version", it.ExpectedVersion, p.Version},
	} {
		if expected.want != "" && expected.want != expected.got {
			it.fail(&refusal{
				text:   fmt.Sprintf("checking what the release expects: `%s` is %q, but the collection makes %q", expected.input, expected.want, expected.got),
				hint:   "release the collection in Postman under the expected name and version first, or correct the input",
				anchor: "expectation-failed", code: 1,
			})
		}
	}
}

// hintOf is the hint of the first error among the findings.
func hintOf(findings []result.Finding, otherwise string) string {
	i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Level == result.Error && f.Hint != "" })
	if i < 0 {
		return otherwise
	}
	return findings[i].Hint
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
		findings[i].Message = text.Untrusted(hideCredentials(string(findings[i].Message)))
	}
	return findings
}
