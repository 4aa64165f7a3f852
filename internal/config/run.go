// Package config turns inputs, flags and the environment into one Run: what is
// wanted, checked as far as that is possible without asking a server.
//
// The table in inputs.go is the one list of inputs: parsing, usage text,
// action.yml and the tables of docs/reference.md all come from it.
package config

//go:generate go run ./gen

import (
	"slices"
	"time"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// Secret is a credential, which no way of printing shows.
type Secret = text.Secret

// Mode is where a run ends.
type Mode string

// Modes. ModeAuto is an input only: a parsed Run never has it.
const (
	ModeAuto   Mode = "auto"
	ModeApply  Mode = "apply"
	ModePlan   Mode = "plan"
	ModeCheck  Mode = "check"
	ModeRemove Mode = "remove"
	ModeExport Mode = "export"
)

// Values of keycloak-auth.
const (
	AuthClientSecret = "client-secret"
	AuthGitHubOIDC   = "github-oidc"
)

// Values of comment.
const (
	CommentAuto  = "auto"
	CommentNever = "never"
)

// Values of fail-on, beside the errors that always fail a run.
const (
	FailOnWarning  = "warning"
	FailOnBreaking = "breaking"
	FailOnChanges  = "changes"
)

// Values of output.
const (
	OutputText     = "text"
	OutputJSON     = "json"
	OutputMarkdown = "markdown"
)

// Values of delivery.
const (
	DeliveryImporter = "importer"
	DeliveryUpload   = "upload"
)

// Values of import.
const (
	ImportAuto   = "auto"
	ImportAlways = "always"
	ImportNever  = "never"
)

// Values of verify.
const (
	VerifyService = "service"
	VerifyMocks   = "mocks"
	VerifyNone    = "none"
)

// Values of export-as.
const (
	ExportManifest  = "manifest"
	ExportAPISource = "apisource"
)

// Run is everything that was asked for.
type Run struct {
	// Help and Version ask for the usage text or the version and nothing else:
	// when one is set, nothing further was read. Unsaid is that nothing was asked
	// for at all, which is a wrong input to which the usage text is the answer.
	Help    bool
	Version bool
	Unsaid  bool

	// Mode is resolved; it is empty only when a problem says why.
	Mode Mode
	// ModeReason is what decided the mode, such as "push to the default branch
	// main"; empty when it was given. It may quote a branch's name, which is
	// untrusted text.
	ModeReason string

	Trigger Trigger // what started the run
	// DefaultBranch is set where the run is of it, and not of a tag, a pull request or
	// another branch, and only somebody with the right to push can have caused it.
	DefaultBranch string

	// Skipped: nothing is to be done, since NoSecrets keeps away what all of it needs.
	Skipped    bool
	NoSecrets  Withheld // why GitHub gives this run no secrets; "" when it does
	Workspace  string   // the folder that local files are read from, and none outside it; "" off the runner: any file
	Repository string   // OWNER/REPO; "" outside GitHub
	// RepositoryID is GitHub's number of the repository, digits; "" where nobody said it.
	RepositoryID string
	Allow        []string // what is allowed that a run would refuse: AllowReplaceSecret and so on
	Provenance   Provenance

	Postman  Postman
	Microcks Microcks
	Keycloak Keycloak
	Secret   MicrocksSecret

	Timeout     time.Duration // of the whole run
	Parallelism int           // requests at once, at most

	Output      string // what standard output gets outside GitHub: OutputText, OutputJSON or OutputMarkdown
	ResultFile  string // path of a file that gets the result as JSON; "" is none
	SummaryFile string // path of a file that gets the summary; "" is none

	CA []byte // PEM, certificates only; nil: the system's roots alone

	Pull   Pull
	FailOn []string // what fails a run of this mode beside errors: FailOnWarning, FailOnBreaking, FailOnChanges
	Import string   // ImportAuto, ImportAlways or ImportNever
	Verify string   // VerifyService, VerifyMocks or VerifyNone

	ExportAs string // in [ModeExport]: ExportManifest or ExportAPISource

	// Manifest that the importers come from, or that is to be written, in [ModeExport]; zero
	// for a list of the workflow.
	Manifest Manifest
	// Overrides say where two of entry, input and defaults of the manifest differ, and
	// which counts, one clause each; MoreOverrides are not listed.
	Overrides     []string
	MoreOverrides int
	Prune         bool // what the manifest lists no more is removed

	Importers []Importer // in the order given, never two of one collection
	Warnings  []string   // one sentence each; nothing secret in them

	// Strays are credentials found where none belongs, such as in a flag: not
	// used, but to be masked. (Exported, since fmt asks no unexported field how
	// it wants to be printed.)
	Strays []Secret

	// Proxies are the passwords in the addresses of proxies: net/http uses them.
	Proxies []Secret
}

// Manifest is a file that lists the collections.
type Manifest struct {
	Path    string // relative to Run.Workspace, with slashes; "" is none
	Key     string // by which what it made is known
	Entries int
}

// Provenance is the commit and the run that asked for a change.
type Provenance struct {
	Commit string // 40 or 64 hex digits; "" outside GitHub
	RunURL string // of the workflow run; "" outside GitHub
}

// Postman is where collections come from.
type Postman struct {
	APIKey Secret
	URL    string // origin of the API; "" is the default host
}

// Microcks is where they go.
type Microcks struct {
	URL     string // without a trailing slash, /api or /#/…
	Version string // the version that mode check judges by; "" is the newest known

	// What a gateway in front of it wants, for its origin alone.
	Headers           []Header
	ClientCertificate []byte // PEM; nil for none
	ClientKey         Secret // PEM, of the certificate
}

// Keycloak is how to sign in to Microcks, when it asks for that.
type Keycloak struct {
	URL          string // "" is what Microcks itself names
	ClientID     string
	ClientSecret Secret
	Auth         string // AuthClientSecret or AuthGitHubOIDC
	Audience     string // the realm's public issuer, where it is not below URL; "" is none
}

// MicrocksSecret is the secret in Microcks that holds the Postman API key.
type MicrocksSecret struct {
	Name     string
	Explicit bool // the name was given: an importer that refers to another secret changes over
}

// Importer is one wanted importer: a collection and what was said about it. A
// nil field means that nothing was said, so that an existing importer keeps
// what it has. One of Ref, Workspace, File, Pattern and Resources is set.
type Importer struct {
	Source string       // as given, without its query; safe to show once escaped
	Ref    *postman.Ref // nil for a file
	// File is the path of an exported collection, or of a folder in Postman's git format,
	// relative to Run.Workspace.
	File string
	// Pattern of such paths, with which each file or folder that it finds is a collection:
	// as doublestar reads it, below Run.Workspace, off a runner below the current folder.
	Pattern string
	// Resources is the path of a file .postman/resources.yaml, whose collections are meant:
	// below where a Pattern is.
	Resources string

	// Workspace is the id of a workspace in Postman, whose collections are meant; "" is
	// none. Include and Exclude are patterns on their names, as resolve reads them: with
	// Include one of them has to match. Forks are left out without Forks.
	Workspace        string
	Include, Exclude []string
	Forks            bool

	// Entry is where in the manifest it stands, such as "line 7"; "" for a list of the
	// workflow. Own is what that entry says, without inputs and defaults; nil then.
	Entry string
	Own   *Importer

	// Skipped: it is not read, since Run.NoSecrets keeps away what that needs, or the
	// check of a manifest has no key.
	Skipped bool

	Delivery string // DeliveryImporter or DeliveryUpload; "" where nothing was said

	Name   *string
	Main   *bool
	Active *bool
	Labels map[string]string // of the importer and its service; added or changed, never removed

	Verify string // VerifyService or VerifyMocks, where more is asked for than by the run; "" is as the run

	ServiceVersion string // the only one that the collection may give its service, without refs/tags/ and v; "" is any
}

// Allows reports whether something dangerous is allowed: AllowReplaceSecret and so
// on.
func (r *Run) Allows(what string) bool { return slices.Contains(r.Allow, what) }

// Closes reports whether the run only notes on the pull request that it is closed: it
// reads no source, and needs no input but those of the comment.
func (r *Run) Closes() bool { return r.Trigger.Closed && r.Mode == ModePlan }

// OfPostman reports whether what is meant is in Postman, and not in the repository.
func (i *Importer) OfPostman() bool { return i.Ref != nil || i.Workspace != "" }

// Pull says how a run speaks to the pull request that it is about.
type Pull struct {
	Token   Secret
	Comment string // CommentAuto or CommentNever
	Key     string // that tells comments of one job apart
}

// FailsOn reports whether something fails the run that is no error: FailOnWarning,
// FailOnBreaking or FailOnChanges.
func (r *Run) FailsOn(what string) bool { return slices.Contains(r.FailOn, what) }

// Masks lists every credential that was read, those in refused flags and in
// links included: mask them before anything is printed, problems too.
func (r *Run) Masks() []string {
	var masks []string
	add := func(secret string) {
		if secret != "" && !slices.Contains(masks, secret) {
			masks = append(masks, secret)
		}
	}
	add(r.Postman.APIKey.Reveal())
	add(r.Keycloak.ClientSecret.Reveal())
	add(r.Pull.Token.Reveal())
	for _, h := range r.Microcks.Headers {
		for _, mask := range h.masks() {
			add(mask)
		}
	}
	for _, line := range keyMasks(r.Microcks.ClientKey.Reveal()) {
		add(line)
	}
	for _, i := range r.Importers {
		if i.Ref != nil {
			add(i.Ref.AccessKey.Reveal())
			add(i.Ref.Stray.Reveal())
		}
	}
	for _, s := range append(slices.Clip(r.Strays), r.Proxies...) {
		add(s.Reveal())
	}
	return masks
}
