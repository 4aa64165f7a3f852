package plan

import (
	"time"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// ImportPolicy says when to import.
type ImportPolicy string

// Policies.
const (
	ImportAuto   ImportPolicy = "auto" // when something differs
	ImportAlways ImportPolicy = "always"
	ImportNever  ImportPolicy = "never"
)

// VerifyScope says how far the proof after an import goes.
type VerifyScope string

// Scopes.
const (
	VerifyService VerifyScope = "service" // what Microcks lists
	VerifyMocks   VerifyScope = "mocks"   // and what its mocks answer
	VerifyNone    VerifyScope = "none"
)

// Wanted is one importer that shall exist. Nil means that nothing was said: a
// new importer takes the default, an existing one keeps what it has.
type Wanted struct {
	Source text.Untrusted // as given, without credentials
	UID    string         // of the collection; empty for a file
	Origin string         // of the Postman API that serves it: scheme and host
	URL    string         // canonical repositoryUrl
	File   string         // path of a local export, or of a folder in git format
	// Workspace is the id of the one whose listing names the collection, and Title the name
	// that it has there; "" where nothing listed it.
	Workspace, Title text.Untrusted
	// Paired is the uid of the collection in Postman that .postman/resources.yaml pairs a
	// folder with. Whoever can change the repository can write it.
	Paired string
	// PairedAt is the origin of the Postman API where the run's key may read that
	// collection; "" without a key, and where anybody can have brought the run about. PairRead: it did, and the server has nothing of it.
	PairedAt string
	PairRead bool
	// AccessKey reads the collection in place of the API key, at Origin and nowhere
	// else; "" is none.
	AccessKey text.Secret
	// Fault is why there is nothing to read: the collection fails with it.
	Fault error
	// Skipped: GitHub withholds what reading it needs. Nothing is done for it.
	Skipped bool

	Delivery Delivery // "" where nothing was said, see [Wanted.Uploads]

	Name         *string
	MainArtifact *bool
	Active       *bool
	Labels       map[string]string // of the importer and of its service

	Secret WantedSecret
	Import ImportPolicy
	Verify VerifyScope

	// TakeOver: an importer made by hand becomes ours, and those of others that pull an
	// uploaded collection are deactivated.
	TakeOver       bool
	ReplaceService bool   // also where another artifact defines the service
	ServiceVersion string // the only one that the collection may give its service; "" is any
}

// WantedSecret is the Microcks secret that shall hold the Postman key.
type WantedSecret struct {
	Name     string
	Explicit bool // the name was given: existing importers change to it
	Token    Token
	Replace  bool // also when importers outside this run use it
}

// OfPostman reports whether the collection is read from Postman.
func (w *Wanted) OfPostman() bool { return w.UID != "" && w.File == "" }

// Uploads reports whether the collection gets to Microcks without an importer: what is
// in the repository does, if nothing else was said.
func (w *Wanted) Uploads() bool {
	return w.Delivery == ByUpload || w.Delivery == "" && w.File != ""
}

// Document is a collection as it reaches Microcks.
type Document struct {
	*predict.Document
	From *delivery.Document // what it was read from, with the places in its source
}

// Judged is a wanted importer whose collection was read and found fit.
type Judged struct {
	*Wanted
	// Key of the service that the collection makes.
	Key Key
	// Document is the collection. What it returns is not kept by a plan.
	Document func() Document
	// FileIdentity is what a file's collection is known by wherever the file is.
	FileIdentity string
	// Digest of the document's bytes, and how many there are, of an upload.
	Digest string
	Size   int
	// UpdatedAt is when Postman says that the collection changed last; zero when
	// it does not.
	UpdatedAt time.Time
}
