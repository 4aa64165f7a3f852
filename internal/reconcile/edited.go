package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// A person can set an operation's dispatcher in Microcks, and imports keep it
// from then on. Servers do not tell which operations that are (seen on 1.9.0 to
// 1.15.0), so it is concluded: a service that is as predicted but for
// dispatchers and what follows from them, and was imported since the collection
// changed, was edited.

// composeEdited predicts the imports of a group once more, as if a person had
// set every dispatcher that differs.
func (r *run) composeEdited(g *group) {
	before := markEdited(g.served, g.predicted)
	if before == nil {
		return
	}
	g.edited = before
	for _, it := range g.items {
		if it.Failed() {
			continue
		}
		if p := r.predictOnto(it, g.edited); p.Service != nil {
			g.edited = p.Service
		}
	}
}

// markEdited is the served service with every operation marked as edited whose
// dispatcher or rules differ from the prediction; nil when none does.
func markEdited(served, predicted *predict.Service) *predict.Service {
	if served == nil || predicted == nil {
		return nil
	}
	wanted := make(map[string]predict.Operation)
	for _, op := range predicted.Operations {
		wanted[op.Name] = op
	}
	marked := *served
	marked.Operations = nil
	differs := false
	for _, op := range served.Operations {
		want, there := wanted[op.Name]
		if there && (want.Dispatcher != op.Dispatcher || value(want.DispatcherRules) != value(op.DispatcherRules)) {
			op.Override, differs = true, true
		}
		marked.Operations = append(marked.Operations, op)
	}
	if !differs {
		return nil
	}
	return &marked
}

// looksEdited reports whether a service is as predicted but for dispatchers that
// a person may have set.
func (g *group) looksEdited(now *predict.Service) bool {
	return g.edited != nil && now != nil && len(differenceOf(now, g.edited)) == 0
}

// importedSinceUpdate reports whether every importer of the group has imported
// its collection as it is now, by the time of change that Postman gives.
func (g *group) importedSinceUpdate() bool {
	for _, it := range g.items {
		if it.Failed() {
			continue
		}
		updated := updatedAt(it.raw)
		if it.pick.use == nil || updated.IsZero() || it.pick.use.Imported() <= updated.UnixMilli() {
			return false
		}
	}
	return true
}

// acceptEdits takes the edited service for the wanted one, and says which
// operations that are.
func (g *group) acceptEdits() {
	var names []string
	for _, op := range g.edited.Operations {
		if op.Override {
			names = append(names, fmt.Sprintf("%s (%s)", op.Name, dispatcherText(op)))
		}
	}
	g.predicted, g.edited = g.edited, nil
	firstLive(g).Tell(result.Note, "operation-edited",
		text.Untrustedf("imports keep dispatchers that were set in Microcks by hand, and %s has one: %s", text.Plural(len(names), "operation"), strings.Join(names, "; ")),
		"nothing to do if that is meant; otherwise set the dispatcher in Microcks back to what the collection makes")
}

func dispatcherText(op predict.Operation) string {
	if op.Dispatcher == "" {
		return "no dispatcher"
	}
	return strings.TrimSpace(op.Dispatcher + " " + value(op.DispatcherRules))
}

// updatedAt is when the collection last changed, as Postman says; zero when it
// does not.
func updatedAt(raw []byte) time.Time {
	var answer struct {
		Collection struct {
			Info struct {
				UpdatedAt string `json:"updatedAt"`
			} `json:"info"`
		} `json:"collection"`
	}
	if json.Unmarshal(raw, &answer) != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, answer.Collection.Info.UpdatedAt)
	if err != nil {
		return time.Time{}
	}
	return at
}

// withoutOthers leaves out the differences that come from another artifact on
// the same service: a secondary one sets the dispatchers of the operations that
// it adds examples to. It names those operations.
func (g *group) withoutOthers(changes []predict.Change) (own []predict.Change, others []string) {
	shared := make(map[string]bool)
	if g.served != nil {
		for _, op := range g.served.Operations {
			shared[op.Name] = slices.ContainsFunc(op.Examples, func(e predict.Example) bool { return !g.imports(e.SourceArtifact) && !g.owns(e.SourceArtifact) })
		}
	}
	for _, c := range changes {
		dispatching := c.Kind == predict.Changed && !slices.ContainsFunc(c.Fields, func(f string) bool {
			return f != "dispatcher" && f != "rules" && f != "criteria"
		})
		switch {
		case !shared[c.Operation] || !dispatching:
			own = append(own, c)
		case !slices.Contains(others, c.Operation):
			others = append(others, c.Operation)
		}
	}
	return own, others
}
