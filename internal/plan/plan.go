// Package plan says what has to change: one pure function from what is wanted
// and what a server holds to a value, which can be printed, compared and
// digested. It asks nobody and writes nothing.
package plan

import (
	"slices"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Settings hold for the whole run.
type Settings struct {
	// Owner of what the runs create.
	Owner
	// Annotations are written along with every change of an importer of ours.
	Annotations map[string]string
	// Wanted are all importers of the run, also those whose collection failed
	// before.
	Wanted []*Wanted
	// WillApply: the plan is carried out right after it was made.
	WillApply bool
	// Now is the time of creation of what is created.
	Now time.Time
	// Meter makes the budget of one prediction; nil takes a whole one.
	Meter func() *budget.Meter
	// Pot is what the predictions of the run are kept in; nil has no end.
	Pot *budget.Pot
	// FindingBytes is the most memory that the findings of one collection take; 0 is
	// [lint.MostOfAll].
	FindingBytes int
}

// Snapshot is what a server held when it was read.
type Snapshot struct {
	Version microcks.Version
	// Account is who signed in; nil when the server wants no sign-in.
	Account *microcks.Account
	// Tenancy means that membership of a group can stand in for roles.
	Tenancy bool
	Jobs    []microcks.ImportJob // all of them
	// Secrets of each wanted name, and the one of the id derived from it.
	Secrets  map[string][]microcks.Secret
	Services map[Key]Existing
}

// Key is what a service is known by.
type Key struct{ Name, Version string }

// Existing is what a server holds under one name and version.
type Existing struct {
	// Services without their examples, the oldest (lowest id) first. More than
	// one is the server's own race.
	Services []microcks.Service
	// Served is the service with its examples; nil unless there is exactly one.
	Served *predict.Service
}

// Plan is what has to change, in the order of the collections.
type Plan struct {
	Artifacts []*Artifact
	Services  []*Service
	Secrets   []*Secret
	// Problems of the whole run; one of level error forbids to carry it out.
	Problems []result.Problem
}

// Artifact is one collection on its way into Microcks.
type Artifact struct {
	Judged
	// Problems of the collection; after one of level error nothing of it is
	// written.
	Problems []result.Problem
	// Findings of the collection as an artifact of the service that is there.
	Findings []result.Finding
	// IsMain: it is the main artifact of its service.
	IsMain bool
	// From is where it is imported from, by whose end the server names what it stores,
	// see [predict.ArtifactName].
	From   string
	Change result.Change
	Fields []result.FieldChange
	// Due is why an import is due; nil when none is.
	Due *result.ImportReason
	// Drift is what an import would be due for if it were not never wanted.
	Drift    *result.ImportReason
	Importer Importer
	Upload   *Upload // instead of the importer
	// Owned are labels that say whose the service is; nil when it is nobody's of this run.
	Owned   map[string]string
	Service *Service // nil when the collection failed before
	// Kept is the secret that the importer refers to, when it is one that this
	// run keeps.
	Kept *Secret
	// Difference between what Microcks serves and what it would serve.
	Difference []predict.Change
	// Uncompared: there may be more differences.
	Uncompared bool
	// Predicted is the service after the import of this artifact and of those
	// before it.
	Predicted *predict.Service
}

// mostNamed of what a server holds are named in one problem, and the others counted.
const mostNamed = 5

// Failed reports whether nothing of the collection may be written.
func (a *Artifact) Failed() bool {
	return slices.ContainsFunc(a.Problems, func(p result.Problem) bool { return p.Level == result.Error })
}

// Writes reports whether carrying out the plan writes something for the
// collection.
func (a *Artifact) Writes() bool {
	return !a.Failed() && (a.Change != result.Keep || a.Due != nil)
}

func (a *Artifact) fail(p *result.Problem) {
	p.Level = result.Error
	a.Problems = result.With(a.Problems, result.ProblemOf(p))
}

func (a *Artifact) tell(level result.Level, anchor string, what, hint text.Untrusted) {
	a.Problems = result.With(a.Problems, result.Problem{Level: level, Text: what, Hint: hint, Anchor: anchor})
}

// Make plans for all collections that can be imported. The order in which
// they are given decides nothing but the order of the plan.
func Make(s Settings, judged []Judged, there Snapshot) *Plan {
	m := &maker{Settings: s, there: there, importers: NewImporters(there.Jobs), Plan: &Plan{}, secrets: map[string]*Secret{}}
	for _, j := range judged {
		a := &Artifact{Judged: j}
		m.Artifacts = append(m.Artifacts, a)
		m.pick(a)
	}
	m.group()
	for _, service := range m.Services {
		m.compose(service)
	}
	for _, a := range m.live() {
		m.describe(a)
	}
	for _, service := range m.Services {
		m.decideImports(service)
	}
	m.settleSecrets()
	m.requireRoles()
	return m.Plan
}

// maker is a plan that is being made.
type maker struct {
	Settings
	*Plan
	there     Snapshot
	importers *Importers
	secrets   map[string]*Secret // by wanted name
	wantedIDs map[string]bool    // see inRun
}

// live are the artifacts that nothing has failed yet.
func (m *maker) live() []*Artifact {
	return slices.DeleteFunc(slices.Clone(m.Artifacts), (*Artifact).Failed)
}
