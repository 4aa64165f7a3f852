package plan

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// A person can set an operation's dispatcher in Microcks, and imports keep it
// from then on. Servers do not tell which operations that are (seen on 1.9.0 to
// 1.15.0), so it is concluded: a service that is as predicted but for
// dispatchers and what follows from them, and was imported since the collection
// changed, was edited.

// composeEdited predicts the imports once more, as if a person had set every
// dispatcher that differs.
func (s *Service) composeEdited() {
	edited := markEdited(s.Before.Served, s.Predicted)
	if edited == nil {
		return
	}
	for _, a := range s.Live() {
		p := a.onto(edited, a.Document(), budgetOf(s.meter))
		if p.Outcome == predict.Untold {
			return
		}
		digest, err := s.keep(p.Service)
		switch {
		case err != nil:
			return
		case digest != nil:
			edited = digest
		}
	}
	s.Edited = edited
}

// markEdited is the served service with every operation marked as edited whose
// dispatcher or rules differ from the prediction; nil when none does.
func markEdited(served, predicted *predict.Service) *predict.Service {
	if served == nil || predicted == nil {
		return nil
	}
	wanted := make(map[string]*predict.Operation)
	for i := range predicted.Operations {
		wanted[predicted.Operations[i].Name] = &predicted.Operations[i]
	}
	marked := *served
	marked.Operations = slices.Clone(served.Operations)
	differs := false
	for i := range marked.Operations {
		op := &marked.Operations[i]
		want := wanted[op.Name]
		if want != nil && (want.Dispatcher != op.Dispatcher || value(want.DispatcherRules) != value(op.DispatcherRules)) {
			op.Override, differs = true, true
		}
	}
	if !differs {
		return nil
	}
	return &marked
}

// importedSinceUpdate reports whether every importer of the service has imported
// its collection as it is now, by the time of change that Postman gives.
func (s *Service) importedSinceUpdate() bool {
	if stamp := s.stamp(); stamp != "" {
		return annotation(s.metadata(), AnnotationDocuments) == stamp
	}
	return !slices.ContainsFunc(s.Live(), func(a *Artifact) bool {
		there := a.Importer.There
		return there == nil || a.UpdatedAt.IsZero() || there.Imported() <= a.UpdatedAt.UnixMilli()
	})
}

// EditsNote says which operations have dispatchers that a person set.
func (s *Service) EditsNote() result.Problem {
	var edited []string
	for _, op := range s.Edited.Operations {
		if op.Override {
			edited = append(edited, fmt.Sprintf("%s (%s)", op.Name, dispatching(&op)))
		}
	}
	return result.Problem{
		Level: result.Note, Anchor: "operation-edited",
		Text: text.HideCredentials(text.Untrustedf("imports keep dispatchers that were set in Microcks by hand, and %s has one: %s",
			text.Plural(len(edited), "operation"), text.Few(edited, "; ", mostNamed))),
		Hint: "nothing to do if that is meant; otherwise set the dispatcher in Microcks back to what the collection makes",
	}
}

func dispatching(op *predict.Operation) string {
	if op.Dispatcher == "" {
		return "no dispatcher"
	}
	return strings.TrimSpace(op.Dispatcher + " " + value(op.DispatcherRules))
}

// WithoutOthers leaves out the differences that come from another artifact on
// the same service: a secondary one sets the dispatchers of the operations that
// it adds examples to. It names those operations.
func (s *Service) WithoutOthers(changes []predict.Change) (own []predict.Change, others []string) {
	shared, named := make(map[string]bool), make(map[string]bool)
	if served := s.Before.Served; served != nil {
		for _, op := range served.Operations {
			shared[op.Name] = slices.ContainsFunc(op.Examples, func(e predict.Example) bool { return !s.Owns(e.SourceArtifact) })
		}
	}
	for _, c := range changes {
		switch {
		case !shared[c.Operation] || !c.OnlyDispatching():
			own = append(own, c)
		case !named[c.Operation]:
			named[c.Operation] = true
			others = append(others, c.Operation)
		}
	}
	return own, others
}
