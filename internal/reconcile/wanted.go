package reconcile

import (
	"context"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
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

// Settings hold for all collections of a run.
type Settings struct {
	Mode            result.Mode
	ModeReason      string
	ProgramVersion  string
	MicrocksVersion string // for Check; empty: the newest known
	Repository      string // OWNER/REPO whose runs own what they create; empty off GitHub
	Provenance      map[string]string
	Secret          WantedSecret
	Import          ImportPolicy
	Verify          VerifyScope
	FailOnWarnings  bool
	FailOnChanges   bool
	RemoveServices  bool
	Parallelism     int
}

// WantedSecret is the Microcks secret that shall hold the Postman key.
type WantedSecret struct {
	Name     string
	Explicit bool // the name was given: existing importers change to it
	Token    string
	Replace  bool // also when importers outside this run use it
}

// Wanted is one importer that shall exist. Nil means that nothing was said: a
// new importer takes the default, an existing one keeps what it has.
type Wanted struct {
	Source          string // as given, without credentials
	UID             string // of the collection; empty for a file
	URL             string // canonical repositoryUrl
	File            string // path of a local export, for Check
	Raw             []byte // its content
	Name            *string
	MainArtifact    *bool
	Active          *bool
	Labels          map[string]string
	ServiceLabels   map[string]string
	ReplaceService  bool
	ExpectedName    string
	ExpectedVersion string
}

// Postman is what reconciling needs of the Postman API.
type Postman interface {
	Collection(ctx context.Context, uid string) (*postman.Collection, error)
}

// Microcks is what reconciling needs of a Microcks server.
type Microcks interface {
	Importers
	Secrets
	Services
	Version(ctx context.Context) (microcks.Version, error)
	ImportersURL() string
	ServiceURL(id string) string
	Base() string
}

// Importers of a server.
type Importers interface {
	Jobs(ctx context.Context) ([]microcks.ImportJob, error)
	Job(ctx context.Context, id string) (*microcks.ImportJob, error)
	SaveJob(ctx context.Context, job *microcks.ImportJob) (*microcks.ImportJob, error)
	StartJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	ActivateJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	StopJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	DeleteJob(ctx context.Context, id string) error
}

// Secrets of a server.
type Secrets interface {
	SecretsNamed(ctx context.Context, name string) ([]microcks.Secret, error)
	Secret(ctx context.Context, id string) (*microcks.Secret, error)
	CreateSecret(ctx context.Context, secret *microcks.Secret) error
	UpdateSecret(ctx context.Context, secret *microcks.Secret) error
}

// Services of a server.
type Services interface {
	ServicesNamed(ctx context.Context, name string) ([]microcks.Service, error)
	ServiceView(ctx context.Context, id string) (*microcks.ServiceView, error)
	SetServiceMetadata(ctx context.Context, id string, metadata *microcks.Metadata) error
	DeleteService(ctx context.Context, id string) error
}
