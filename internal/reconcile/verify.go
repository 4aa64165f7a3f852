package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// verify proves that what Microcks serves now is what was predicted. last is
// what the last import came to, nil when nothing was done.
func (c *carrier) verify(ctx context.Context, s *plan.Service, last *converge.Outcome) {
	v := &verification{carrier: c, service: s, began: time.Now()}
	for _, a := range s.Live() {
		if it := c.items[a]; !it.Failed() {
			v.items = append(v.items, it)
		}
	}
	v.now, v.id = s.Before.Served, ""
	if len(s.Before.Services) > 0 {
		v.id = s.Before.Services[0].ID
	}
	if last != nil && last.Served != nil {
		v.now, v.id = last.Served, last.ServiceID
	}
	imported := slices.ContainsFunc(v.items, func(it *item) bool { return it.Imported() })
	if imported && last.Served == nil { // what was there before the import proves nothing
		v.now, v.id = nil, ""
	}
	switch {
	case len(v.items) == 0:
		return
	case v.now == nil && !imported && v.items[0].Wanted.Import == plan.ImportNever:
		for _, it := range v.items {
			it.tellDrift()
		}
		return
	case v.now == nil:
		v.fail(&result.Problem{
			Level: result.Error, Text: text.Untrustedf("verifying: service %s %s is not there after the import", s.Name, s.Version),
			Hint:   "another run or person may have deleted it at the same time: run again",
			Anchor: "verify-differs", ExitCode: 1,
		})
		return
	}
	for _, it := range v.items {
		it.showService(ctx, c.reconciliation, s, v.id, v.now)
	}
	if last != nil && last.Superseded {
		v.items[0].Tell(result.Note, "upload-superseded",
			"another run uploaded this collection after this one, and Microcks serves what that run sent: it proves it",
			"nothing; to have runs one after the other, give the workflow a `concurrency:` group")
		return
	}
	v.tellLeftovers()
	v.tellOtherImporters()
	scope := v.items[0].Wanted.Verify
	if scope != plan.VerifyNone && !v.compare(ctx, imported) {
		return
	}
	if scope == plan.VerifyMocks {
		v.mocks(ctx)
	}
}

// verification is that of one service.
type verification struct {
	*carrier
	service *plan.Service
	items   []*item // that did not fail
	now     *predict.Service
	id      string
	began   time.Time
}

func (v *verification) fail(err error) {
	for _, it := range v.items {
		it.Fail(err)
	}
}

// compare reports whether the service is what was predicted, and says so to the
// collections that it is made of.
func (v *verification) compare(ctx context.Context, imported bool) bool {
	s := v.service
	if !s.AcceptsEdits && len(s.Difference(v.now, s.Predicted).Changes) > 0 && s.LooksEdited(v.now) {
		s.AcceptsEdits = true
		v.items[0].Problems = append(v.items[0].Problems, s.EditsNote())
	}
	compared := s.Difference(v.now, s.Goal())
	wrong := compared.Changes
	if !imported {
		wrong, _ = s.WithoutOthers(wrong)
	}
	if compared.Err != nil {
		v.items[0].Problems = append(v.items[0].Problems, plan.Uncompared("verifying", compared.Err))
	}
	for _, it := range v.items {
		switch {
		case len(wrong) == 0 && compared.Err != nil: // nothing is proved
		case len(wrong) == 0:
			it.showService(ctx, v.reconciliation, s, v.id, v.inOrder())
			it.Verified = &result.Verification{Scope: result.ScopeService, Examples: it.Service.Examples()}
		case imported:
			it.Fail(&result.Problem{
				Level:  result.Error,
				Text:   text.Untrustedf("verifying: Microcks imported, but serves something other than the collection makes: %s", someOf(wrong)),
				Hint:   "the collection may have changed in Postman during the run, or another import of the same service ran: run again",
				Anchor: "verify-differs", ExitCode: 1,
			})
		default:
			it.Tell(result.Warning, "verify-not-imported",
				text.Untrustedf("Microcks serves something other than the collection makes, and `import` is never: %s", someOf(wrong)),
				"set `import: auto`")
		}
	}
	if len(wrong) > 0 || compared.Err != nil {
		return false
	}
	v.step("verify", v.items[0], v.began, "Microcks serves "+sizeOf(s.Goal()))
	return true
}

// inOrder is what is served, in the order of the collection where that is the
// only difference.
func (v *verification) inOrder() *predict.Service {
	if v.service.Difference(v.now, v.service.Goal()).Same() {
		return v.service.Goal()
	}
	return v.now
}

// tellLeftovers names examples that another artifact left on the service: a
// consumer may get them, and no import of this collection removes them.
func (v *verification) tellLeftovers() {
	s := v.service
	left := make(map[string]int)
	for _, op := range v.now.Operations {
		for _, example := range op.Examples {
			// A secondary artifact is meant to stand beside the main one.
			besideMain := !s.HasMain() && example.SourceArtifact == v.now.SourceArtifact
			if !s.Imports(example.SourceArtifact) && !besideMain {
				left[example.SourceArtifact]++
			}
		}
	}
	for _, artifact := range slices.Sorted(maps.Keys(left)) {
		level, hint := result.Note, text.Untrusted("nothing to do when another importer or upload adds them on purpose")
		if s.Owns(artifact) {
			level = result.Warning
			hint = "they come from an earlier URL of this importer and are served beside the new ones: delete the service in Microcks and run again"
		}
		v.items[0].Tell(level, "leftover-examples", text.Untrustedf("another artifact, %q, added %s to the service",
			plan.WithoutQuery(artifact), text.Plural(left[artifact], "example")), hint)
	}
}

// tellOtherImporters names importers outside this run that define the same
// service.
func (v *verification) tellOtherImporters() {
	s := v.service
	if !s.HasMain() {
		return
	}
	for _, job := range v.importers.Feeding(s.Key) {
		inRun := slices.ContainsFunc(s.Artifacts, func(a *plan.Artifact) bool { return a.ReadBy(&job) })
		if inRun || !job.MainArtifact {
			continue
		}
		v.items[0].Tell(result.Note, "other-importer",
			text.Untrustedf("importer %q (%s) feeds the same service %s %s", job.Name, job.ID, s.Name, s.Version),
			"two main artifacts of one service replace each other's operations at every scan; make one of them secondary")
	}
}

// someOf names the first differences of what is served from what was predicted.
func someOf(changes []predict.Change) string {
	says := map[predict.ChangeKind]string{predict.Added: "is missing", predict.Removed: "is not in the collection", predict.Changed: "differs"}
	var texts []string
	for _, c := range changes[:min(3, len(changes))] {
		said := fmt.Sprintf("%s %s", c.Operation, says[c.Kind])
		if c.Example != "" {
			said = fmt.Sprintf("example %q of %s %s", c.Example, c.Operation, says[c.Kind])
		}
		if len(c.Fields) > 0 {
			parts := make([]string, len(c.Fields))
			for i, part := range c.Fields {
				parts[i] = result.Part(part).Words()
			}
			said += " (" + strings.Join(parts, ", ") + ")"
		}
		texts = append(texts, said)
	}
	if more := len(changes) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}
