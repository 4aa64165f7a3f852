// Package result is what a run has to say: a leaf that the stages fill and
// report renders. What happened is typed here, and put into words there. Texts
// from collections and servers are in it as they came, as [text.Untrusted]:
// whoever shows them escapes them.
package result

import (
	"cmp"
	"slices"

	"postman-microcks-importer/internal/text"
)

// Schema is the version of the Result's JSON form. Members are added under the
// same version; a changed or removed one makes a new version.
const Schema = "postman-microcks-importer/result/v1"

// Mode decides where the line from collection to report ends.
type Mode string

// Modes.
const (
	Check  Mode = "check"  // ends after the prediction; needs no Microcks
	Plan   Mode = "plan"   // says what apply would do
	Apply  Mode = "apply"  // writes, imports, verifies
	Remove Mode = "remove" // deletes importers that this repository's runs made
	Export Mode = "export" // lists the importers of a server as a manifest
)

// Writes reports whether a run of this mode may write to Microcks.
func (m Mode) Writes() bool { return m != Check && m != Plan && m != Export }

// Status of a run or of one collection.
type Status string

// Statuses.
const (
	Failed    Status = "failed"
	Created   Status = "created"
	Updated   Status = "updated"
	Removed   Status = "removed"
	Planned   Status = "planned"
	Checked   Status = "checked"
	Unchanged Status = "unchanged"
	Skipped   Status = "skipped" // GitHub withholds what it needs: nothing was looked at
)

// severity orders statuses; the run has the worst of its collections.
var severity = []Status{Skipped, Unchanged, Checked, Planned, Removed, Updated, Created, Failed}

// Worse reports whether s tells more of a run than other does.
func (s Status) Worse(other Status) bool {
	return slices.Index(severity, s) > slices.Index(severity, other)
}

// Fleet is with how many collections a run is one over a fleet, which is told in counts
// rather than one by one.
const Fleet = 50

// Result is everything a run has to say. It holds no credential.
type Result struct {
	Schema     string `json:"schema"`
	Version    string `json:"version"` // of this program
	Mode       Mode   `json:"mode"`
	ModeReason string `json:"modeReason,omitempty"`
	Status     Status `json:"status"`
	// Changed: what Microcks holds was changed by this run, or may have been;
	// in mode plan, would be by an apply.
	Changed bool `json:"changed"`
	// Written: this run wrote to Microcks, or may have.
	Written bool `json:"written"`
	// MicrocksVersion by whose rules collections were judged: in mode check the one
	// that was given, or the newest known.
	MicrocksVersion string        `json:"microcksVersion,omitempty"`
	Interrupted     *Interruption `json:"interrupted,omitempty"`
	Server          *Server       `json:"server,omitempty"`
	Secrets         []Secret      `json:"secrets,omitempty"`
	Collections     []Collection  `json:"collections"`
	Gone            []Gone        `json:"gone,omitempty"` // from the base branch
	// Exported is what was exported; nil but in mode export.
	Exported *Exported `json:"exported,omitempty"`
	// Leftovers of the manifest; nil without one, or where they were not come to.
	Leftovers      *Leftovers   `json:"leftovers,omitempty"`
	Gate           *Gate        `json:"gate,omitempty"`
	Comment        *PullComment `json:"comment,omitempty"`
	Problems       []Problem    `json:"problems,omitempty"` // of the whole run
	Calls          *Calls       `json:"calls,omitempty"`
	Totals         Totals       `json:"totals"`
	DurationMillis int64        `json:"durationMillis"`
	// Truncated: detail was left out, since it would have been too long.
	Truncated bool `json:"truncated,omitempty"`
}

// Exported are the importers of a server that were listed.
type Exported struct {
	// File that they were written into; "" is standard output.
	File    text.Untrusted `json:"file,omitempty"`
	Entries int            `json:"entries"`
	// Comments are importers that are listed as comments, since they are others'.
	Comments int `json:"comments"`
	// Others read something else than a collection in Postman.
	Others int `json:"others"`
}

// Interruption is why a run ended before it was done.
type Interruption struct {
	Kind InterruptionKind `json:"kind"`
	// Cause in words.
	Cause text.Untrusted `json:"cause"`
}

// InterruptionKind is what ended a run.
type InterruptionKind string

// Kinds of interruptions.
const (
	TimedOut InterruptionKind = "timeout"
	Signaled InterruptionKind = "signal"
)

// Totals over all collections.
type Totals struct {
	Operations int `json:"operations"`
	Examples   int `json:"examples"`
	Warnings   int `json:"warnings"`
	Errors     int `json:"errors"`
}

// Server is the Microcks of the run.
type Server struct {
	URL     string   `json:"url"`
	Version string   `json:"version"`
	SignIn  bool     `json:"signIn"`            // Keycloak is on
	Account string   `json:"account,omitempty"` // the client that signed in
	Roles   []string `json:"roles,omitempty"`
}

// Calls are those of the Postman API, of which its plan gives a team so many a month.
type Calls struct {
	Made int `json:"made"` // by this run, and by Microcks for its imports
	// Left of the month, as Postman said last, less what came after; nil where it did not say.
	Left *int64 `json:"left,omitempty"`
	// Limit of the month; nil where Postman did not say.
	Limit   *int64   `json:"limit,omitempty"`
	Polling *Polling `json:"polling,omitempty"` // nil without an active importer
}

// Polling is what the schedule of Microcks costs in calls of the Postman API, at its
// default of a scan every two hours, in a month of 31 days.
type Polling struct {
	Importers int   `json:"importers"` // active ones, of this run
	Least     int64 `json:"least"`     // where nothing changes and Postman sends tags
	Most      int64 `json:"most"`      // where it sends none
	// Instead is what a daily run of the workflow costs in its place, with importers that are
	// not active and collections that do not change.
	Instead int64 `json:"instead"`
}

// Fail fails the run by an error of the whole of it. What it did stays as it is told.
func (r *Result) Fail(p Problem) {
	p.Level = Error
	r.Status = Failed
	r.Totals.Errors++
	r.Problems = append(r.Problems, p)
}

// AddUp counts what a result has.
func (r *Result) AddUp() {
	r.Totals = Totals{}
	type service struct{ name, version text.Untrusted }
	counted := make(map[service]bool)
	for i := range r.Collections {
		c := &r.Collections[i]
		// What an apply could not bring about is not served, and artifacts of one
		// service serve the same.
		if s := c.Service; s != nil && (r.Mode != Apply || s.ID != "") && !counted[service{s.Name, s.Version}] {
			counted[service{s.Name, s.Version}] = true
			r.Totals.Operations += s.CountOperations()
			r.Totals.Examples += s.Examples()
		}
		r.Totals.AddFindings(c.Findings)
		r.Totals.Add(c.Problems)
	}
	r.Totals.Add(r.Problems)
}

// Due reports whether an apply of this plan would write.
func (r *Result) Due() bool {
	return r.SecretDue() || r.Leftovers.Due() > 0 || slices.ContainsFunc(r.Collections, func(c Collection) bool { return c.Due() })
}

// SecretDue reports whether a secret is written, or in a plan would be: for a
// collection that does not fail.
func (r *Result) SecretDue() bool { return len(r.DueSecrets()) > 0 }

// DueSecrets are the secrets that are written, or in a plan would be.
func (r *Result) DueSecrets() []*Secret {
	if r.Mode == Plan && !slices.ContainsFunc(r.Collections, func(c Collection) bool { return !c.Failed() }) {
		return nil
	}
	var due []*Secret
	for i := range r.Secrets {
		if s := &r.Secrets[i]; s.Change != Keep && s.Change != "" {
			due = append(due, s)
		}
	}
	return due
}

// Change is what happens to one object.
type Change string

// Changes.
const (
	Create Change = "create"
	Update Change = "update"
	Keep   Change = "unchanged"
	Delete Change = "delete"
)

// Secret is the Microcks secret that holds the Postman key.
type Secret struct {
	ID         string         `json:"id"`
	Name       text.Untrusted `json:"name"`
	Change     Change         `json:"change"`
	Done       bool           `json:"done"`              // the change was carried out
	InDoubt    bool           `json:"inDoubt,omitempty"` // the change was sent, and no answer came
	Fields     []FieldChange  `json:"fields,omitempty"`
	Comparable bool           `json:"comparable"` // false: this account cannot see its token
}

// Field of an importer, secret or service that can change.
type Field string

// Fields.
const (
	FieldName          Field = "name"
	FieldRepositoryURL Field = "repositoryUrl"
	FieldMainArtifact  Field = "mainArtifact"
	FieldSecret        Field = "secret"
	FieldActive        Field = "active"
	FieldLabel         Field = "label"        // of the importer; Key says which
	FieldServiceLabel  Field = "serviceLabel" // of the service; Key says which
	// FieldServiceAnnotation of the service; Key says which.
	FieldServiceAnnotation Field = "serviceAnnotation"

	FieldToken       Field = "token"
	FieldTokenHeader Field = "tokenHeader"
	// FieldDisableSSLValidation of an importer: the server takes every certificate.
	FieldDisableSSLValidation Field = "repositoryDisableSSLValidation"
)

// FieldChange is one field that differs. From is nil where there is no value
// yet. A credential's values never appear: Hidden is set instead.
type FieldChange struct {
	Field  Field           `json:"field"`
	Key    text.Untrusted  `json:"key,omitempty"`
	From   *text.Untrusted `json:"from"`
	To     *text.Untrusted `json:"to"`
	Hidden bool            `json:"hidden,omitempty"`
}

// Collection is what became of one collection.
type Collection struct {
	Source text.Untrusted `json:"source"` // as given, without credentials
	UID    string         `json:"uid,omitempty"`
	File   text.Untrusted `json:"file,omitempty"`
	// Workspace is the id of the one in Postman whose listing names it.
	Workspace text.Untrusted `json:"workspace,omitempty"`
	Name      text.Untrusted `json:"name,omitempty"`  // of the collection
	Bytes     int            `json:"bytes,omitempty"` // of what Postman served
	Judged    bool           `json:"judged"`          // its import was predicted, so that its findings are all there are
	JudgedAs  JudgedAs       `json:"judgedAs,omitempty"`
	// VersionFrom is where its version comes from; empty where it has none.
	VersionFrom VersionSource `json:"versionFrom,omitempty"`
	Status      Status        `json:"status"`
	// Unreached: it failed only since Postman allows no more calls this month.
	Unreached  bool         `json:"unreached,omitempty"`
	Importer   *Importer    `json:"importer,omitempty"`
	Upload     *Upload      `json:"upload,omitempty"` // instead of an importer
	Service    *Service     `json:"service,omitempty"`
	Difference []Difference `json:"difference,omitempty"` // between what Microcks served before and what it would serve
	// MoreDifferences are not listed.
	MoreDifferences int           `json:"moreDifferences,omitempty"`
	Consumers       *Consumers    `json:"consumers,omitempty"` // what they would notice, of a plan
	Findings        []Finding     `json:"findings,omitempty"`
	Problems        []Problem     `json:"problems,omitempty"`
	Verified        *Verification `json:"verified,omitempty"`
}

// JudgedAs is as what a collection was judged, where that is not the very bytes that
// were read.
type JudgedAs string

// AsServed is a file as the Postman API would serve it.
const AsServed JudgedAs = "as-served"

// Way of the collection; nil where that was not come to.
func (c *Collection) Way() *Way {
	switch {
	case c.Importer != nil:
		return &c.Importer.Way
	case c.Upload != nil:
		return &c.Upload.Way
	}
	return nil
}

// Imported reports whether this run imported the collection.
func (c *Collection) Imported() bool { d := c.Way(); return d != nil && d.Imported }

// Done is what this run did for the collection.
func (c *Collection) Done() []Done {
	if d := c.Way(); d != nil {
		return d.Done
	}
	return nil
}

// VersionSource is where a collection's version comes from.
type VersionSource string

// Sources of a version.
const (
	FromDescription VersionSource = "description"     // `version=` in it
	FromInfo        VersionSource = "info.version"    // which counts in uploads
	FromInput       VersionSource = "service-version" // which an upload brings
)

// BreakingCount is how many changes break consumers of the mocks: of those that were
// replayed where they were, else of the differences.
func (c *Collection) BreakingCount() (n int) {
	if c.Consumers != nil {
		return c.Consumers.Breaking
	}
	for _, d := range c.Difference {
		if d.Breaking {
			n++
		}
	}
	return n
}

// Failed reports whether the collection must go no further.
func (c *Collection) Failed() bool { return c.Status == Failed }

// Due reports whether a plan changes something for the collection itself: nothing
// when it failed, since an apply would refuse it.
func (c *Collection) Due() bool {
	d := c.Way()
	return !c.Failed() && d != nil && (d.Import != nil || d.Change != Keep && d.Change != "")
}

// Drifts reports whether Microcks serves something other than the collection makes
// and no import of this run is to change that.
func (c *Collection) Drifts() bool { d := c.Way(); return d != nil && d.Drift != nil }

// Fail records an error on the collection.
func (c *Collection) Fail(err error) {
	c.Problems = With(c.Problems, ProblemOf(err))
	c.Status = Failed
}

// Tell records something to know that fails nothing.
func (c *Collection) Tell(level Level, anchor string, what, hint text.Untrusted) {
	c.Problems = With(c.Problems, Problem{Level: level, Text: what, Hint: hint, Anchor: anchor})
}

// Way is what becomes of a collection on its way into Microcks, whichever way that is.
type Way struct {
	MainArtifact bool          `json:"mainArtifact"`
	Change       Change        `json:"change"`
	Fields       []FieldChange `json:"fields,omitempty"`
	// Import says why an import is due; nil when none is.
	Import *ImportReason `json:"import"`
	// Drift says what Microcks serves otherwise than the collection makes, where no
	// import is due since `import` is never.
	Drift    *ImportReason `json:"drift,omitempty"`
	Imported bool          `json:"imported"` // this run imported
	Done     []Done        `json:"done,omitempty"`
	// KeepsServices: it was to be removed without its services.
	KeepsServices bool `json:"keepsServices,omitempty"`
}

// Importer is the importer of one collection.
type Importer struct {
	ID         string         `json:"id"`
	Name       text.Untrusted `json:"name"`
	URL        string         `json:"url"` // page of Microcks that lists it
	Repository text.Untrusted `json:"repositoryUrl"`
	Active     bool           `json:"active"` // Microcks keeps pulling on its schedule
	Adopted    bool           `json:"adopted"`
	Way
	// Surplus are further importers of ours for the same collection, which go.
	Surplus     []NamedID `json:"surplus,omitempty"`
	MoreSurplus int       `json:"moreSurplus,omitempty"` // not listed
}

// Upload is the collection as this run sends it, without an importer.
type Upload struct {
	// Artifact is the name of the file that is sent, by which Microcks names what it
	// stores.
	Artifact text.Untrusted `json:"artifact"`
	Way
	// Leaving are importers of ours that pull the same collection: they are deactivated
	// before the upload and deleted after it.
	Leaving []NamedID `json:"leaving,omitempty"`
	// Stopping are importers of others, which are deactivated and stay.
	Stopping []NamedID `json:"stopping,omitempty"`
}

// NamedID is an object of Microcks.
type NamedID struct {
	ID   string         `json:"id"`
	Name text.Untrusted `json:"name"`
}

// ImportReason is why an import is due.
type ImportReason struct {
	Kind ImportKind `json:"kind"`
	// Differences between what Microcks serves and the collection makes.
	Differences int `json:"differences,omitempty"`
	// LastError is what the last import failed with.
	LastError text.Untrusted `json:"lastError,omitempty"`
}

// ImportKind is a kind of reason for an import.
type ImportKind string

// Reasons for an import.
const (
	ImporterIsNew     ImportKind = "importer-new"
	ImportAsked       ImportKind = "asked" // `import: always`
	LastImportFailed  ImportKind = "last-failed"
	ServiceTwice      ImportKind = "service-twice"
	NotServed         ImportKind = "not-served"
	ImporterChanges   ImportKind = "importer-changes"
	ServesOther       ImportKind = "differs"
	ServiceOfOther    ImportKind = "of-another" // artifact, which took it over
	ImporterNotBound  ImportKind = "not-bound"  // to the service that is there
	ImportedAfterMain ImportKind = "after-main" // an artifact before it in the service is imported
)

// Done is one thing that a run did to Microcks, or may have done. What was done
// for a secret is told while it happens, and stands in no Importer.
type Done struct {
	Kind DoneKind `json:"kind"`
	ID   string   `json:"id,omitempty"` // of what was deleted, or of a secret
	// Name and Version of a deleted service; Name of a secret.
	Name    text.Untrusted `json:"name,omitempty"`
	Version text.Untrusted `json:"version,omitempty"`
}

// DoneKind is a kind of what was done.
type DoneKind string

// What can be done.
const (
	SecretCreated         DoneKind = "secret-created"
	SecretUpdated         DoneKind = "secret-updated"
	ImporterCreated       DoneKind = "importer-created"
	ImporterUpdated       DoneKind = "importer-updated"
	ImporterActivated     DoneKind = "importer-activated"
	ImporterDeactivated   DoneKind = "importer-deactivated"
	ImporterStopped       DoneKind = "importer-stopped" // after a failed import, so that the server's scan does not run into it
	ImporterDeleted       DoneKind = "importer-deleted"
	SurplusDeleted        DoneKind = "surplus-importer-deleted"
	DoubledServiceDeleted DoneKind = "doubled-service-deleted"
	CollectionImported    DoneKind = "imported"
	CollectionUploaded    DoneKind = "uploaded"
	UploadTakenBack       DoneKind = "upload-taken-back" // its examples, from a service of others
	ImportRefused         DoneKind = "import-refused"
	ServiceLabelled       DoneKind = "service-labelled"
	ServiceDeleted        DoneKind = "service-deleted"
	ImportInDoubt         DoneKind = "import-in-doubt" // started, and its end is not known
	ChangeInDoubt         DoneKind = "change-in-doubt" // sent, and no answer came
	DeletionInDoubt       DoneKind = "deletion-in-doubt"
)

// Did reports whether there was a deed of this kind.
func (w *Way) Did(kind DoneKind) bool { return w.Count(kind) > 0 }

// Count is how many deeds of this kind were done.
func (w *Way) Count(kind DoneKind) int {
	n := 0
	for _, d := range w.Done {
		if d.Kind == kind {
			n++
		}
	}
	return n
}

// Service is the service that the collection makes: as served after an import,
// as predicted before one.
type Service struct {
	ID      string         `json:"id,omitempty"`
	Name    text.Untrusted `json:"name"`
	Version text.Untrusted `json:"version"`
	URL     string         `json:"url,omitempty"`
	// MockPath is what the paths of its mocks begin with, escaped:
	// "/rest/Pet%20Store/1.0"; empty where no address leads to them.
	MockPath text.Untrusted `json:"mockPath,omitempty"`
	// MockURL is MockPath on the server; empty with an unknown server.
	MockURL    text.Untrusted `json:"mockUrl,omitempty"`
	Operations []Operation    `json:"operations"`
	// MoreOperations are not listed, since a run holds no more than so much; they
	// have MoreExamples.
	MoreOperations int `json:"moreOperations,omitempty"`
	MoreExamples   int `json:"moreExamples,omitempty"`
}

// CountOperations is the number of operations, listed or not.
func (s *Service) CountOperations() int { return len(s.Operations) + s.MoreOperations }

// Add counts problems; those that sum up findings are counted as findings.
func (t *Totals) Add(problems []Problem) {
	for _, p := range problems {
		switch {
		case p.OfFindings:
		case p.Level == Error:
			t.Errors += 1 + p.More
		case p.Level == Warning:
			t.Warnings += 1 + p.More
		}
	}
}

// AddFindings counts findings.
func (t *Totals) AddFindings(findings []Finding) {
	for _, f := range findings {
		switch f.Level {
		case Error:
			t.Errors++
		case Warning:
			t.Warnings++
		}
	}
}

// Examples is the number of examples of all operations.
func (s *Service) Examples() int {
	n := s.MoreExamples
	for i := range s.Operations {
		n += s.Operations[i].CountExamples()
	}
	return n
}

// Operation of a service.
type Operation struct {
	Name       text.Untrusted `json:"name"`
	Dispatcher text.Untrusted `json:"dispatcher,omitempty"`
	Rules      text.Untrusted `json:"rules,omitempty"`
	Examples   []Example      `json:"examples"`
	// MoreExamples are not listed.
	MoreExamples int `json:"moreExamples,omitempty"`
}

// CountExamples is the number of examples, listed or not.
func (o *Operation) CountExamples() int { return len(o.Examples) + o.MoreExamples }

// Example is one saved example and the call that its mock answers.
type Example struct {
	Name   text.Untrusted `json:"name"`
	Status text.Untrusted `json:"status"`
	Call   *Call          `json:"call,omitempty"` // nil when it cannot be addressed
}

// Call is a request to a mock.
type Call struct {
	Method string `json:"method"`
	// Path below the service's MockPath, escaped, with its query.
	Path text.Untrusted `json:"path"`
}

// Verification is the proof that the mocks are there.
type Verification struct {
	Scope    Scope  `json:"scope"`
	Examples int    `json:"examples"`        // that Microcks lists
	Mocks    *Mocks `json:"mocks,omitempty"` // what they answered, of [ScopeMocks]
}

// Scope of a verification.
type Scope string

// Scopes.
const (
	ScopeService Scope = "service" // what Microcks lists
	ScopeMocks   Scope = "mocks"   // and what its mocks answer
)

// DifferenceKind is what happens to an operation or example.
type DifferenceKind string

// Kinds of difference.
const (
	Appears  DifferenceKind = "added"
	Vanishes DifferenceKind = "removed"
	Changes  DifferenceKind = "changed"
)

// Difference is one difference between what a server serves and what it would
// serve after an import.
type Difference struct {
	Kind DifferenceKind `json:"kind"`
	// Operation is its name.
	Operation text.Untrusted `json:"operation"`
	// Example is its name; empty when the operation itself changes.
	Example text.Untrusted `json:"example,omitempty"`
	// Fields that differ, for a changed one.
	Fields []Part `json:"fields,omitempty"`
	// Values of those fields that can be shown in a line, cut where they are long.
	Values []ChangedPart `json:"values,omitempty"`
	// Breaking is set when consumers may lose something that they use: what
	// disappears, or answers to other requests than before.
	Breaking bool `json:"breaking"`
}

// ChangedPart is what a part was and what it becomes; nil where it has no value.
type ChangedPart struct {
	Field Part            `json:"field"`
	From  *text.Untrusted `json:"from"`
	To    *text.Untrusted `json:"to"`
}

// Part of an operation or example that can differ.
type Part string

// Parts of an operation, then of an example.
const (
	PartDispatcher Part = "dispatcher"
	PartRules      Part = "rules"
	PartPaths      Part = "paths"

	PartStatus            Part = "status"
	PartMediaType         Part = "mediaType"
	PartCriteria          Part = "criteria"
	PartRequestBody       Part = "requestBody"
	PartRequestHeaders    Part = "requestHeaders"
	PartRequestParameters Part = "requestParameters"
	PartResponseBody      Part = "responseBody"
	PartResponseHeaders   Part = "responseHeaders"
	PartArtifact          Part = "artifact"
)

// Words are the part as a person reads it: "response body".
func (p Part) Words() string { return partWords[p] }

var partWords = map[Part]string{
	PartDispatcher:        "dispatcher",
	PartRules:             "rules",
	PartPaths:             "paths",
	PartStatus:            "status",
	PartMediaType:         "media type",
	PartCriteria:          "criteria",
	PartRequestBody:       "request body",
	PartRequestHeaders:    "request headers",
	PartRequestParameters: "request parameters",
	PartResponseBody:      "response body",
	PartResponseHeaders:   "response headers",
	PartArtifact:          "artifact",
}

// codes are the exit codes of failures. Of several the first counts, whichever
// was told first.
var codes = []int{
	2,  // wrong inputs
	14, // the environment
	11, // cannot connect
	12, // an API's error
	13, // not found
	20, // other
	1,  // a collection or an expectation failed
	3,  // nothing failed, and what was asked about was found
}

// FirstCode is the one of several exit codes that counts; 0 is success.
func FirstCode(of ...int) int {
	for _, code := range codes {
		if slices.Contains(of, code) {
			return code
		}
	}
	return 0
}

// ExitCode of the whole run, the first by [FirstCode] of all its problems: 1 when
// only a finding failed it, or when its time was over or a signal ended it.
func (r *Result) ExitCode() int {
	switch {
	case r.Status != Failed:
		return 0
	case r.Interrupted != nil:
		return 1
	}
	var found []int
	if slices.ContainsFunc(r.Collections, func(c Collection) bool { return c.Failed() }) {
		found = append(found, 1)
	}
	for _, problems := range r.allProblems() {
		for _, p := range problems {
			if p.Level == Error {
				found = append(found, p.ExitCode)
			}
		}
	}
	return cmp.Or(FirstCode(found...), 1)
}

func (r *Result) allProblems() [][]Problem {
	all := [][]Problem{r.Problems}
	for i := range r.Collections {
		all = append(all, r.Collections[i].Problems)
	}
	return all
}
