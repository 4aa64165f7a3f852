package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// fetch gets every collection and judges it by itself, which tells what service
// it is about. One that cannot be had or is not fit fails alone.
func (r *reconciliation) fetch(ctx context.Context) error {
	order, err := r.prepareCalls(ctx)
	if err != nil {
		return err
	}
	far := r.begin("fetch", len(order))
	parallel(r, order, func(it *item) {
		defer far()
		defer func() { r.noteItem(it, r.Mode == result.Check, false) }()
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		ctx, read, err := r.reserve(ctx, it)
		if err != nil {
			r.calls.failed(it, err)
			return
		}
		defer read()
		source, err := r.sourceOf(ctx, it)
		if err != nil {
			r.calls.failed(it, err)
			return
		}
		it.Bytes = len(source.Raw)
		if version, known := r.versionToJudgeBy(); known {
			r.judge(ctx, it, source, predict.Options{Version: version})
		}
	}, func(it *item, broken error) {
		it.judged = nil
		it.Fail(broken)
		r.noteItem(it, true, false)
	})
	r.settleUnread()
	return nil
}

// check fetches and judges, each collection by itself and all of them together,
// and asks nobody else.
func (r *reconciliation) check(ctx context.Context) error {
	version, _ := r.versionToJudgeBy()
	r.judgedBy(version)
	err := r.fetch(ctx)
	r.together()
	r.result.Problems = append(r.result.Problems, append(r.quotaNotices(), r.versionless()...)...)
	return err
}

// together groups the collections that were judged by the services that they make.
func (r *reconciliation) together() {
	var judged []plan.Judged
	var items []*item
	for _, it := range r.live() {
		if it.judged != nil {
			judged, items = append(judged, *it.judged), append(items, it)
		}
	}
	for i, a := range plan.Together(judged) {
		items[i].artifact = a
		items[i].showProblems()
	}
}

// sourceOf is the collection as Postman serves it, or its file or folder.
func (r *reconciliation) sourceOf(ctx context.Context, it *item) (delivery.Source, error) {
	if it.Wanted.File != "" {
		return r.File(ctx, it.Wanted.File)
	}
	began := time.Now()
	collection, err := r.Postman.Collection(ctx, it.Wanted.Origin, it.Wanted.UID, it.Wanted.AccessKey)
	if err != nil {
		return delivery.Source{}, err
	}
	if collection.Name != "" {
		it.Collection.Name = text.Untrusted(collection.Name)
	}
	r.step("fetch", it, began, "fetched "+text.Size(len(collection.Raw)))
	return delivery.File(collection.Raw), nil
}

// versionToJudgeBy is the version of Microcks by which collections are judged.
// It is not known when the server cannot be talked to: the run ends then, and
// what Postman said is told all the same.
func (r *reconciliation) versionToJudgeBy() (version string, known bool) {
	if r.Mode == result.Check {
		return cmp.Or(r.MicrocksVersion, predict.Newest), true
	}
	<-r.connected
	if r.session == nil {
		return "", false
	}
	return r.session.Version.Number(), true
}

// judgedBy notes by which version collections are judged, and tells of one that is
// newer than any whose behaviour is known.
func (r *reconciliation) judgedBy(version string) {
	r.result.MicrocksVersion = version
	if !predict.Beyond(version) {
		return
	}
	r.result.Problems = append(r.result.Problems, result.Problem{
		Level: result.Note,
		Text: text.Untrustedf("Microcks %s is newer than %s, the newest that this version of the action knows:"+
			" it is judged by the rules of that one", version, predict.Newest),
		Hint:   "update this action if there is a newer one; until then `verify: mocks` shows what this Microcks really answers",
		Anchor: "microcks-newer",
	})
}

// judge predicts a collection by itself, as the main artifact on an empty
// server.
func (r *reconciliation) judge(ctx context.Context, it *item, source delivery.Source, options predict.Options) {
	if err := budget.Take(ctx, memoryOfByte*len(source.Raw)); err != nil {
		it.notFinished(err)
		return
	}
	began := time.Now()
	read, err := r.readAsDelivered(ctx, it, source, options)
	switch {
	case ctx.Err() != nil:
		it.notFinished(context.Cause(ctx))
		return
	case err != nil:
		it.Fail(err)
		return
	}
	document, meter := read.Document, read.meter
	_, size := meter.Used()
	main := r.Mode != result.Check || it.Wanted.MainArtifact == nil || *it.Wanted.MainArtifact
	p := document.ImportWithin(meter, predict.Target{URL: it.Wanted.URL, Main: main})
	if ctx.Err() != nil { // the prediction was not carried to its end
		it.notFinished(context.Cause(ctx))
		return
	}
	it.Judged, it.VersionFrom = true, versionFrom(read)
	it.Collection.Name = text.Untrusted(strings.Clone(p.Name))
	it.Findings = shown(lint.CheckDelivered(meter, p, document.From, r.share()))
	for _, problem := range it.Unfit(p, it.Findings) {
		it.Fail(problem)
	}
	r.step("predict", it, began, foretold(p))
	if p.Outcome == predict.Untold {
		return
	}
	if r.Mode == result.Check {
		it.Service = r.serviceResult(ctx, "", p.Service, false)
	}
	it.judged = &plan.Judged{
		Wanted: it.Wanted, Key: plan.Key{Name: strings.Clone(p.Name), Version: strings.Clone(p.Version)},
		Document: r.shelf.put(ctx, read.Document, size, read.form), UpdatedAt: document.UpdatedAt(),
	}
	if read.form.kind == asSent {
		identify(it.judged, document.Document)
	}
}

// exitFailed is the exit code of a collection that failed by itself.
const exitFailed = 1

// foretold is a prediction for the log.
func foretold(p *predict.Import) string {
	switch p.Outcome {
	case predict.Refused:
		return "Microcks would refuse it: " + p.ImportError
	case predict.Untold:
		return "not predicted: " + p.Err.Error()
	case predict.Crashed:
		return "Microcks would answer 500: " + lint.CauseText(p.Cause)
	}
	return fmt.Sprintf("makes %s %s with %s", p.Name, p.Version, sizeOf(p.Service))
}

// sizeOf is "3 operations and 5 examples".
func sizeOf(s *predict.Service) string {
	operations, examples := 0, 0
	if s != nil {
		operations = len(s.Operations)
		for _, op := range s.Operations {
			examples += len(op.Examples)
		}
	}
	return text.Plural(operations, "operation") + " and " + text.Plural(examples, "example")
}

// shown are findings as they may be shown: one can quote where the server's
// service came from. They share no memory with the collection.
func shown(findings []result.Finding) []result.Finding {
	for i := range findings {
		f := &findings[i]
		f.Message = text.Untrusted(strings.Clone(string(text.HideCredentials(f.Message))))
		for k := range f.Path {
			f.Path[k] = text.Untrusted(strings.Clone(string(f.Path[k])))
		}
	}
	return findings
}
