// Package predict tells what a Microcks server of a given version makes of a
// Postman collection: the service that appears, its operations and examples,
// the error the server stores instead, and what a person should know before
// the import. It is pure: bytes in, values out.
package predict

import "postman-microcks-importer/internal/result"

// Target is the server and the role for which a collection is judged.
type Target struct {
	// Version of the server, such as "1.15.0"; a "-SNAPSHOT" counts as its
	// release. Empty means [Newest].
	Version string
	// Main is true for the main artifact of a service, false for a secondary
	// one, which only adds to a service that exists.
	Main bool
	// URL is the importer's repositoryUrl: what follows its last slash becomes
	// the sourceArtifact of everything imported, and error texts quote it.
	URL string
	// Existing is the service of the predicted name and version as it is now,
	// nil when there is none. One of another name or version is ignored.
	Existing *Service
	// Export says that the input is a file as Postman exports it. Postman's API
	// serves the same collection wrapped, so it is judged as if it were.
	Export bool
}

// Outcome is what the server answers to the start of an import.
type Outcome string

// Outcomes.
const (
	Imported Outcome = "imported" // 200, no lastImportError
	Refused  Outcome = "refused"  // 200, lastImportError says why
	Crashed  Outcome = "crashed"  // 500, the job document stays as it was
	// Skipped is 200 without error and nothing imported: a secondary artifact
	// found no service, or the input is XML in which a server found nothing.
	Skipped Outcome = "skipped"
)

// Prediction is what comes of one import.
type Prediction struct {
	Outcome Outcome
	// ImportError is the lastImportError of a refused import.
	ImportError string
	// ImportErrorUnknown is set when the import is refused but the server's
	// words cannot be told; ImportError is then a guess or empty.
	ImportErrorUnknown bool
	// Cause says why a crashed import crashes; the server itself keeps silent.
	Cause string
	// Name and Version of the service; empty when they cannot be read.
	Name, Version string
	// Service after the import, composed with Target.Existing; nil when the
	// import leaves none. After a crash it is what was saved before it.
	Service  *Service
	Findings []Finding
}

// Service is a Microcks service with everything an import of a collection can
// decide about it.
type Service struct {
	Name           string
	Version        string
	Type           string // "REST" for collections
	SourceArtifact string // of the main artifact
	Operations     []Operation
}

// Operation of a service.
type Operation struct {
	Name            string // "GET /pets/:id"
	Method          string
	Dispatcher      string // "" = none (null)
	DispatcherRules *string
	ResourcePaths   []string // sorted
	// Override is set when a person edited the operation in Microcks: an import
	// keeps its dispatcher and rules then.
	Override bool
	// Unknown is set where no faithful answer is possible: its examples,
	// paths and rules are then not to be compared.
	Unknown  bool
	Examples []Example
}

// Example is one request and response pair.
type Example struct {
	Name             string
	SourceArtifact   string
	Request          Request
	Response         Response
	DispatchCriteria *string // nil = none (null)
	// Unknown is set where criteria or contents cannot be told for certain.
	Unknown bool
}

// Request of an example.
type Request struct {
	Content    *string
	Headers    []Header
	Parameters []Parameter
}

// Response of an example.
type Response struct {
	Status    string
	MediaType string // "" = none (null)
	// MediaTypes are the candidates when several Content-Type headers leave
	// undefined which one wins; MediaType is then the first of them.
	MediaTypes []string
	Content    *string
	Headers    []Header
}

// Header with all its values.
type Header struct {
	Name   string
	Values []string
}

// Parameter of a request: a path variable or a query parameter.
type Parameter struct {
	Name, Value string
}

// Findings are told in the words of result.
type (
	Level   = result.Level
	Finding = result.Finding
)

// Levels.
const (
	Error   = result.Error
	Warning = result.Warning
	Note    = result.Note
)

// Collection predicts what a server makes of the bytes that it downloads from
// t.URL. It never panics, and reads no further than the size that a server can
// store.
func Collection(raw []byte, t Target) Prediction {
	run := newRun(raw, t)
	run.predict()
	return run.p
}
