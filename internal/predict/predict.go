// Package predict tells what a Microcks server of a given version makes of a
// Postman collection: the service that appears, its operations and examples, or
// the error that the server stores instead. It is pure: bytes in, values out.
//
// An input is read once, by [Read]: how it is read depends on the server's
// version. From then on any number of imports of it can be predicted, by
// [Document.Import].
package predict

// Options say who reads an input.
type Options struct {
	// Version of the server, such as "1.15.0"; a "-SNAPSHOT" counts as its
	// release. Empty means [Newest].
	Version string
}

// Target is the role for which an import is predicted, and what it meets.
type Target struct {
	// Main is true for the main artifact of a service, false for a secondary
	// one, which only adds to a service that exists.
	Main bool
	// URL is the importer's repositoryUrl, see [ArtifactName].
	URL string
	// File is the name of an uploaded file, which takes the place of a URL.
	File string
	// Existing is the service of the predicted name and version as it is now,
	// nil when there is none. One of another name or version is ignored.
	Existing *Service
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
	// Untold is no answer of a server: judging the collection was given up, because
	// it takes more work or memory than one may take, or the time was over. Nothing
	// is claimed about it then.
	Untold Outcome = "untold"
)

// Prediction is what comes of one import.
type Prediction struct {
	Outcome Outcome
	// ImportError is the lastImportError of a refused import.
	ImportError string
	// ImportErrorUnknown is set when the import is refused but the server's
	// words are not known; ImportError is then a guess or empty.
	ImportErrorUnknown bool
	// Cause says why a crashed import crashes, nil when it does not; the server
	// itself keeps silent.
	Cause *Cause
	// Name and Version of the service; empty when they cannot be read.
	Name, Version string
	// Service after the import, composed with Target.Existing; nil when the
	// import leaves none. After a crash it is what was saved before it.
	Service *Service
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
	// Unknown is set where criteria or contents are not certain.
	Unknown bool
	// Digested: digests stand for the contents of request and response.
	Digested bool
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
