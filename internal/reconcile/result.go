package reconcile

import (
	"time"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// ResultSchema is the version of the Result's JSON form. Members are added
// under the same version; a changed or removed one makes a new version.
const ResultSchema = "postman-microcks-importer/result/v1"

// Status of a run or of one collection.
type Status string

// Statuses, the worst first.
const (
	Failed    Status = "failed"
	Created   Status = "created"
	Updated   Status = "updated"
	Removed   Status = "removed"
	Planned   Status = "planned"
	Checked   Status = "checked"
	Unchanged Status = "unchanged"
)

// severity orders statuses; the run has the worst of its collections.
var severity = []Status{Unchanged, Checked, Planned, Removed, Updated, Created, Failed}

// Change is what happens to one object.
type Change string

// Changes.
const (
	Create Change = "create"
	Update Change = "update"
	Keep   Change = "unchanged"
	Delete Change = "delete"
)

// Result is everything a run has to say. It holds no credential. Texts from
// collections and servers are in it as they came: whoever shows them escapes.
type Result struct {
	Schema      string             `json:"schema"`
	Version     string             `json:"version"` // of this program
	Mode        Mode               `json:"mode"`
	ModeReason  string             `json:"modeReason,omitempty"`
	Status      Status             `json:"status"`
	Changed     bool               `json:"changed"` // something was written to Microcks
	Interrupted string             `json:"interrupted,omitempty"`
	Server      *Server            `json:"server,omitempty"`
	Secret      *SecretResult      `json:"secret,omitempty"`
	Collections []CollectionResult `json:"collections"`
	Problems    []Problem          `json:"problems,omitempty"` // of the whole run
	Totals      Totals             `json:"totals"`
	Duration    time.Duration      `json:"durationNanos"`
}

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

// SecretResult is the Microcks secret that holds the Postman key.
type SecretResult struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Change     Change        `json:"change"`
	Done       bool          `json:"done"`              // the change was carried out
	InDoubt    bool          `json:"inDoubt,omitempty"` // the change was sent, and no answer came
	Fields     []FieldChange `json:"fields,omitempty"`
	Comparable bool          `json:"comparable"` // false: this account cannot see its token
}

// FieldChange is one field that differs. Values of credentials never appear:
// both are "(hidden)" then.
type FieldChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// CollectionResult is what became of one collection.
type CollectionResult struct {
	Source     string           `json:"source"` // as given, without credentials
	UID        string           `json:"uid,omitempty"`
	File       string           `json:"file,omitempty"`
	Name       string           `json:"name,omitempty"`  // of the collection
	Bytes      int              `json:"bytes,omitempty"` // of what Postman served
	Status     Status           `json:"status"`
	Importer   *ImporterResult  `json:"importer,omitempty"`
	Service    *ServiceResult   `json:"service,omitempty"`
	Difference []predict.Change `json:"difference,omitempty"` // between what Microcks served before and what it would serve
	Findings   []result.Finding `json:"findings,omitempty"`
	Problems   []Problem        `json:"problems,omitempty"`
	Verified   *Verification    `json:"verified,omitempty"`
}

// ImporterResult is the importer of one collection.
type ImporterResult struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	URL          string        `json:"url"` // page of Microcks that lists it
	Repository   string        `json:"repositoryUrl"`
	MainArtifact bool          `json:"mainArtifact"`
	Active       bool          `json:"active"` // Microcks keeps pulling on its schedule
	Adopted      bool          `json:"adopted"`
	Change       Change        `json:"change"`
	Fields       []FieldChange `json:"fields,omitempty"`
	Import       string        `json:"import"`   // why an import is due; "" when none is
	Imported     bool          `json:"imported"` // this run imported
	Done         []string      `json:"done,omitempty"`
	// RemovedServices are the names and versions of the services that went with
	// a deleted importer.
	RemovedServices []string `json:"removedServices,omitempty"`
	// KeepsServices: the importer was to be deleted without its services.
	KeepsServices bool `json:"keepsServices,omitempty"`
}

// ServiceResult is the service that the collection makes: as served after an
// import, as predicted before one.
type ServiceResult struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name"`
	Version    string            `json:"version"`
	URL        string            `json:"url,omitempty"`
	MockURL    string            `json:"mockUrl,omitempty"`
	Operations []OperationResult `json:"operations"`
}

// OperationResult is one operation of a service.
type OperationResult struct {
	Name       string          `json:"name"`
	Dispatcher string          `json:"dispatcher,omitempty"`
	Rules      string          `json:"rules,omitempty"`
	Examples   []ExampleResult `json:"examples"`
}

// ExampleResult is one saved example and the call that its mock answers.
type ExampleResult struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Call   string `json:"call,omitempty"` // "GET http://…/rest/…"; "" when it cannot be addressed
}

// Verification is the proof that the mocks are there.
type Verification struct {
	Scope    string `json:"scope"` // "service", "mocks"
	Examples int    `json:"examples"`
	Answered int    `json:"answered,omitempty"` // mocks that answered as saved
	Skipped  int    `json:"skipped,omitempty"`  // mocks that cannot be addressed
}

// Problem is something a person should know or act on.
type Problem struct {
	Level    result.Level `json:"level"`
	Text     string       `json:"text"`
	Hint     string       `json:"hint,omitempty"`
	Anchor   string       `json:"anchor,omitempty"` // in docs/troubleshooting.md
	ExitCode int          `json:"exitCode,omitempty"`
	// OfFindings: it sums up findings of level error, which are counted
	// themselves.
	OfFindings bool `json:"ofFindings,omitempty"`
}

// Examples is the number of examples of all operations.
func (s *ServiceResult) Examples() int {
	n := 0
	for _, op := range s.Operations {
		n += len(op.Examples)
	}
	return n
}

// ExitCode of the whole run: that of the problem that is told first, run-wide
// ones before those of collections; 1 when only a finding or an expectation
// failed it.
func (r *Result) ExitCode() int {
	switch {
	case r.Status != Failed:
		return 0
	case r.Interrupted != "":
		return 1
	}
	for _, problems := range r.allProblems() {
		for _, p := range problems {
			if p.Level == result.Error && p.ExitCode != 0 {
				return p.ExitCode
			}
		}
	}
	return 1
}

func (r *Result) allProblems() [][]Problem {
	all := [][]Problem{r.Problems}
	for i := range r.Collections {
		all = append(all, r.Collections[i].Problems)
	}
	return all
}
