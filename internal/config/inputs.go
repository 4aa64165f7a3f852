package config

import "strings"

// Kind is what the value of an input must look like.
type Kind string

// Kinds.
const (
	KindString   Kind = "text"
	KindSecret   Kind = "secret"
	KindBool     Kind = "boolean"
	KindDuration Kind = "duration"
	KindInt      Kind = "number"
	KindList     Kind = "list"
	KindEnum     Kind = "choice"
	KindURL      Kind = "URL"
	KindPEM      Kind = "PEM or path"
)

// Input is one row of the table of inputs.
type Input struct {
	Name  string
	Group string // heading under which a reader finds it; rows of a group stand together
	Kind  Kind

	Allowed  []string // KindEnum, and KindList when its lines are chosen: every value there is
	Min, Max int      // KindInt: the range, both ends included

	Accepts string // what a value is, where Kind says too little

	// FlagOnly: it is a flag, and action.yml does not have it: it differs between
	// machines or collections, not between workflows.
	FlagOnly bool

	// Modes are those in which it counts, and Only those of some of a list's
	// values; nil is every mode. What is said where it does not count is a warning.
	// That a run reaches further than its mode needs, such as to a Microcks that
	// nothing is asked of, says nothing.
	Modes []Mode
	Only  map[string][]Mode

	// Default is what an input that is not given counts as; "" is none. No default
	// stands in action.yml: the runner hands it over as if it had been given.
	Default  string
	Creating string // what counts without value and default, for what describes an importer on creating one; in Markdown
	Needed   string // when it cannot be left out, in Markdown, to go on after "required"; "" is never

	// Env is the plain environment variable that gives the same value. An
	// input that has one is a credential: it is refused as a flag.
	Env string

	Description string // Markdown, one or two sentences
	Example     string // a value that is accepted; lines for a list
}

// FromEnvironmentOnly reports whether an input is a credential, which no flag may
// carry: flags can be read by every process of the machine and stay in the shell's
// history.
func (in Input) FromEnvironmentOnly() bool { return in.Env != "" }

// ownText reports whether a value is a text of somebody's own, in which every
// character counts.
func (in Input) ownText() bool {
	return in.Kind == KindString || in.Kind == KindSecret || in.Name == "labels"
}

// DescribesImporter reports whether an input is about the importer, so that an
// existing one keeps what it has when the input is not given.
func (in Input) DescribesImporter() bool { return in.Group == groupImporter && in.Creating != "" }

// Variable is the environment variable in which the runner hands the input
// over. The runner keeps dashes, unlike a shell.
func (in Input) Variable() string {
	return "INPUT_" + strings.ToUpper(strings.ReplaceAll(in.Name, " ", "_"))
}

// Headings of the table, in its order.
const (
	groupWhat     = "What to do"
	groupPostman  = "Postman"
	groupMicrocks = "Microcks and its sign-in"
	groupImporter = "The importer and its service"
	groupImport   = "Importing"
	groupPull     = "The pull request"
	groupRun      = "The run itself"
)

// Modes in which some inputs count. What holds for an apply holds for a plan, which
// shows it.
var (
	toJudge  = []Mode{ModeCheck, ModePlan, ModeApply}
	toChange = []Mode{ModePlan, ModeApply}
)

// Inputs is the table of inputs, in reading order for somebody new to it.
func Inputs() []Input {
	return []Input{
		{
			Name: "collections", Group: groupWhat, Kind: KindList, Modes: []Mode{ModeCheck, ModePlan, ModeApply, ModeRemove},
			Accepts: "a link of Share > Via API, a Postman API URL, a uid, a web link that holds a uid, a workspace," +
				" a file or folder, or a pattern of them",
			Needed: "unless `manifest` is given, or the mode is `export`",
			Description: "The Postman collections, one per line: the link of *Share > Via API*, a Postman API URL, a collection's uid, or a" +
				" link of Postman's web app that contains a uid; or `workspace:` and the id of a workspace, or its link, for all" +
				" collections in it but forks; or the path of an exported collection in the workspace, of a folder in" +
				" Postman's git format, or of `.postman/resources.yaml`; or a pattern of such paths, `postman/**/*.json`.",
			Example: "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2",
		},
		{
			Name: "manifest", Group: groupWhat, Kind: KindString,
			Accepts: "the path of a YAML file in the workspace that lists the collections",
			Description: "A file that lists the collections in place of `collections`, with what describes each, such as its labels," +
				" delivery and version; the guide to several collections shows one. With `mode: export` it is the file to write, which must" +
				" not be there yet.",
			Needed:  "on GitHub with `mode: export`",
			Example: ".github/postman.yaml",
		},
		{
			Name: "mode", Group: groupWhat, Kind: KindEnum,
			Allowed: []string{string(ModeAuto), string(ModeApply), string(ModePlan), string(ModeCheck), string(ModeRemove), string(ModeExport)},
			Default: string(ModeAuto),
			Needed:  "outside GitHub",
			Description: "`check` judges the collections and needs no Microcks; `plan` shows what would change; `apply` changes it;" +
				" `remove` deletes the importers that this repository's runs made; `export` writes a file of the importers that there" +
				" are, a manifest or what `export-as` says. `auto` applies on a push to the default branch" +
				" or of a tag, on a release, on a schedule and on a dispatch, by hand on the default branch only, and plans on every" +
				" other event.",
			Example: "plan",
		},
		{
			Name: "export-as", Group: groupWhat, Kind: KindEnum, Modes: []Mode{ModeExport},
			Allowed: []string{ExportManifest, ExportAPISource}, Default: ExportManifest,
			Description: "What `mode: export` writes: a `manifest` for this action, or an `apisource`, the resource of Kubernetes by which" +
				" Microcks' operator keeps importers. With any other mode it is refused.",
			Example: ExportAPISource,
		},
		{
			Name: "fail-on", Group: groupWhat, Kind: KindList, Modes: []Mode{ModeCheck, ModePlan},
			Allowed: []string{FailOnWarning, FailOnBreaking, FailOnChanges},
			Only:    map[string][]Mode{FailOnBreaking: {ModePlan}, FailOnChanges: {ModePlan}},
			Description: "What makes a run fail besides errors, one per line: `warning`, when Microcks would import something other" +
				" than the author expects; and with `mode: plan` `breaking`, when a request that the mocks answer now would get no" +
				" answer, or one that its consumer cannot read; and `changes`, when Microcks and the collections differ in anything." +
				" They never stop an `apply`.",
			Example: FailOnWarning,
		},
		{
			Name: "allow", Group: groupWhat, Kind: KindList,
			Allowed: []string{AllowReplaceSecret, AllowReplaceService, AllowTakeOver, AllowRemoveServices, AllowPruneMany, AllowUntrustedEvent},
			Only: map[string][]Mode{
				AllowReplaceSecret: toChange, AllowReplaceService: toChange, AllowTakeOver: toChange,
				AllowRemoveServices: {ModePlan, ModeApply, ModeRemove}, AllowPruneMany: toChange,
				AllowUntrustedEvent: {ModePlan, ModeCheck, ModeApply, ModeRemove},
			},
			Description: "What is dangerous, and therefore not done unless it is listed here, one per line: `replace-secret`, to put a new key" +
				" into a secret that importers outside this run use as well; `replace-service`, to let a collection take over a service" +
				" that another artifact, such as an OpenAPI file, defines now; `take-over`, to make an importer that was made by hand this" +
				" repository's, to have what another manifest of it lists, and to deactivate importers that others made of a collection that" +
				" is uploaded; `remove-services`, to delete with `mode: remove` or `prune` the services" +
				" of the removed importers too; `prune-many`, to remove more than ten leftovers, or more than half of what the manifest" +
				" has, at once; `untrusted-event`, to write, and to read what a manifest names in Postman, on an event that" +
				" anybody can cause, such as" +
				" `pull_request_target`, `issue_comment`, `workflow_run` and the pull request of a fork.",
			Example: AllowReplaceService,
		},
		{
			Name: "prune", Group: groupWhat, Kind: KindBool, Modes: toChange, Default: "false",
			Description: "Whether to remove importers, and services that were uploaded, whose collection `manifest` lists no more: by a run" +
				" of the default branch as it is now, which `github-token` tells. Without it they are only told.",
			Example: "true",
		},

		{
			Name: "postman-api-key", Group: groupPostman, Kind: KindSecret, Env: "POSTMAN_API_KEY",
			Needed: "in mode `plan`, `apply` and `check`, unless each collection is a file, or a link with an access key that is" +
				" uploaded or only checked",
			Description: "The Postman API key, to read the collections. With `mode: apply` Microcks gets it too, as a secret that it keeps," +
				" to read those again on its schedule that have an importer.",
			Example: "${{ secrets.POSTMAN_API_KEY }}",
		},
		{
			Name: "postman-api-url", Group: groupPostman, Kind: KindURL,
			Accepts:  "the https:// address of a Postman API, scheme and host alone; http:// for this machine only",
			Creating: "`https://api.getpostman.com`",
			Description: "The address of the Postman API: `https://api.eu.postman.com` for a team with EU data residency. The API key" +
				" is sent to Postman's own hosts and to this address, and to Microcks as the secret that it keeps.",
			Example: "https://api.eu.postman.com",
		},

		{
			Name: "microcks-url", Group: groupMicrocks, Kind: KindURL,
			Needed: "in mode `plan`, `apply`, `remove` and `export`",
			Description: "The address of Microcks as this step reaches it; one copied from the browser, with `/#/…` or `/api` at its" +
				" end, is understood too. A Microcks that may be starting at the same time (on this machine, in a service container, in a" +
				" private network) is waited for, up to 60 s.",
			Example: "https://microcks.example.com",
		},
		{
			Name: "microcks-headers", Group: groupMicrocks, Kind: KindSecret, Env: "MICROCKS_HEADERS",
			Accepts: "lines `Name: value`, none of them a header of the request or connection itself",
			Description: "Headers for a gateway in front of Microcks, such as Cloudflare Access: `Name: value`, one per line. They are" +
				" masked, and sent to the origin of `microcks-url` only, calls of mocks included.",
			Example: "${{ secrets.MICROCKS_HEADERS }}",
		},
		{
			Name: "keycloak-client-id", Group: groupMicrocks, Kind: KindString, Env: "KEYCLOAK_CLIENT_ID",
			Needed:      "with `keycloak-client-secret`",
			Description: "The Keycloak client (service account) that signs in to Microcks, when Microcks has a sign-in.",
			Example:     "${{ secrets.KEYCLOAK_CLIENT_ID }}",
		},
		{
			Name: "keycloak-client-secret", Group: groupMicrocks, Kind: KindSecret, Env: "KEYCLOAK_CLIENT_SECRET",
			Needed:      "with `keycloak-client-id`, unless `keycloak-auth` is `github-oidc`",
			Description: "The secret of that client.",
			Example:     "${{ secrets.KEYCLOAK_CLIENT_SECRET }}",
		},
		{
			Name: "keycloak-auth", Group: groupMicrocks, Kind: KindEnum,
			Allowed: []string{AuthClientSecret, AuthGitHubOIDC},
			Default: AuthClientSecret,
			Description: "How to sign in: with the client's secret, or with the token that GitHub signs for the job, so that no secret is" +
				" stored; that needs `permissions: id-token: write`.",
			Example: AuthGitHubOIDC,
		},
		{
			Name: "keycloak-url", Group: groupMicrocks, Kind: KindURL,
			Needed:   "with `keycloak-auth: github-oidc`, unless the mode is `check`",
			Creating: "the address that Microcks names, if that is https or this machine",
			Description: "The address of Keycloak as this step reaches it, without `/realms/…`: when the one that Microcks names works in" +
				" browsers only or is plain http, and always with `github-oidc`, whose token is sent nowhere else.",
			Example: "https://keycloak.example.com",
		},
		{
			Name: "keycloak-audience", Group: groupMicrocks, Kind: KindURL,
			Accepts:  "an address that ends in /realms/ and the realm's name",
			Creating: "the realm below `keycloak-url`",
			Description: "With `github-oidc`, the realm's issuer as Keycloak itself names it, when its host is not that of" +
				" `keycloak-url`: GitHub is asked for a token with no other audience.",
			Example: "https://sso.example.com/realms/microcks",
		},
		{
			Name: "microcks-version", Group: groupMicrocks, Kind: KindString, Modes: []Mode{ModeCheck},
			Accepts:  "three numbers, 1.7.0 or newer",
			Creating: "`1.15.0`, the newest known",
			Description: "The version of Microcks whose rules `mode: check` applies, as three numbers, from 1.7.0 on. The other modes ask" +
				" the server.",
			Example: "1.15.0",
		},

		{
			Name: "service-version", Group: groupImporter, Kind: KindString, Modes: toJudge,
			Accepts: "a version of signs that an address carries: letters, digits and -._~!$&'()*+,:=@",
			Description: "The version of the services, such as that of a release: `refs/tags/` and a `v` before a number are cut. A collection" +
				" that gives none gets it when it is uploaded; one that gives another one fails, and nothing of it is written.",
			Example: "2.1.0",
		},
		{
			Name: "main-artifact", Group: groupImporter, Kind: KindBool, Modes: toJudge,
			Creating: "`true`",
			Description: "Whether the collection is the main artifact of its service (`true`), or a secondary one that adds examples to a" +
				" service that another artifact defines (`false`).",
			Example: "false",
		},
		{
			Name: "active", Group: groupImporter, Kind: KindBool, Modes: toChange,
			Creating:    "`true`",
			Description: "Whether Microcks keeps pulling the collection on its schedule.",
			Example:     "false",
		},
		{
			Name: "labels", Group: groupImporter, Kind: KindList, Modes: toChange,
			Accepts: "key=value lines, without a dot in the key",
			Description: "Labels for the importer and for the service that it makes: `key=value`, one per line. They are added or" +
				" changed; other labels stay as they are.",
			Example: "domain=pets\nteam=web",
		},
		{
			Name: "secret-name", Group: groupImporter, Kind: KindString, Modes: toChange,
			Creating:    "`Postman API key for OWNER/REPO`",
			Description: "The name of the secret in Microcks that holds the Postman API key.",
			Example:     "Postman API key of the web team",
		},
		{
			Name: "importer-name", Group: groupImporter, Kind: KindString, FlagOnly: true, Modes: toChange,
			Creating:    "the collection's name",
			Description: "The importer's name, in a run with one collection.",
			Example:     "Pet Store (Postman)",
		},

		{
			Name: "delivery", Group: groupImport, Kind: KindEnum, Modes: toJudge,
			Allowed:  []string{DeliveryImporter, DeliveryUpload},
			Creating: "`importer` for a collection of Postman's, `upload` for a file",
			Description: "How collections get to Microcks: by an `importer`, with which Microcks pulls them from Postman, at once and on its" +
				" schedule; or by `upload` from this step, which needs neither an importer nor a secret in Microcks.",
			Example: DeliveryUpload,
		},
		{
			Name: "import", Group: groupImport, Kind: KindEnum, Modes: toChange,
			Allowed: []string{ImportAuto, ImportAlways, ImportNever},
			Default: ImportAuto,
			Description: "When to import now: `auto` when the importer changed, its last import failed, or Microcks serves something other" +
				" than the collection says; `always` in every run; `never` to leave it to the schedule of Microcks.",
			Example: ImportAlways,
		},
		{
			Name: "verify", Group: groupImport, Kind: KindEnum, Modes: toChange,
			Allowed: []string{VerifyService, VerifyMocks, VerifyNone},
			Default: VerifyService,
			Description: "What to check, also when nothing had to be imported: `service` compares operations and examples with the" +
				" collection; `mocks` also calls the mock of each operation that has an example, and Microcks counts these calls in" +
				" its statistics; `none` trusts the server's answer.",
			Example: VerifyMocks,
		},

		{
			Name: "github-token", Group: groupPull, Kind: KindSecret, Env: "GITHUB_TOKEN", Modes: toJudge,
			Description: "The token of the job, `github.token`. With it a plan is compared with the base branch, and stands in a" +
				" comment on the pull request, and an apply can `prune`; it is sent to GitHub's API only.",
			Example: "${{ github.token }}",
		},
		{
			Name: "comment", Group: groupPull, Kind: KindEnum, Modes: []Mode{ModePlan},
			Allowed: []string{CommentAuto, CommentNever}, Default: CommentAuto,
			Description: "Whether a plan on a pull request says what it found in a comment that stays current: `auto`, once there is" +
				" something to say; or `never`.",
			Example: CommentNever,
		},
		{
			Name: "comment-key", Group: groupPull, Kind: KindString, Modes: []Mode{ModePlan},
			Description: "What tells the comments of one job apart, such as a value of its matrix.",
			Example:     "staging",
		},

		{
			Name: "timeout", Group: groupRun, Kind: KindDuration, Default: "5m",
			Description: "How long the whole run may take, waiting included: at most 6h.",
			Example:     "10m",
		},
		{
			Name: "ca-certificate", Group: groupRun, Kind: KindPEM,
			Description: "A certificate authority to trust in addition to the system's: PEM text, or the path of a PEM file in the workspace.",
			Example:     "certs/company-ca.pem",
		},
		{
			Name: "client-certificate", Group: groupRun, Kind: KindSecret, Env: "MICROCKS_CLIENT_CERTIFICATE",
			Accepts: "the PEM text of a certificate, with those of its chain behind it",
			Needed:  "with `client-key`",
			Description: "The certificate, as PEM text, that this step shows to Microcks or a gateway in front of it (mutual TLS). It is" +
				" sent to the origin of `microcks-url` only.",
			Example: "${{ secrets.MICROCKS_CLIENT_CERTIFICATE }}",
		},
		{
			Name: "client-key", Group: groupRun, Kind: KindSecret, Env: "MICROCKS_CLIENT_KEY",
			Accepts:     "the PEM text of a private key that is not encrypted",
			Needed:      "with `client-certificate`",
			Description: "The private key of that certificate, as PEM text.",
			Example:     "${{ secrets.MICROCKS_CLIENT_KEY }}",
		},
		{
			Name: "parallelism", Group: groupRun, Kind: KindInt, FlagOnly: true, Min: 1, Max: 64, Default: "8",
			Description: "How many requests may be under way at once.",
			Example:     "4",
		},
		{
			Name: "output", Group: groupRun, Kind: KindEnum, FlagOnly: true,
			Allowed: []string{OutputText, OutputJSON, OutputMarkdown}, Default: OutputText,
			Description: "What standard output gets outside GitHub: `text` for a person at a terminal, the whole result as one line of" +
				" `json`, or the summary as `markdown`. What failed stands on standard error as well.",
			Example: OutputJSON,
		},
		{
			Name: "result-file", Group: groupRun, Kind: KindString, FlagOnly: true,
			Description: "A file that gets the whole result as one line of JSON, whatever else is written where.",
			Example:     "result.json",
		},
		{
			Name: "summary-file", Group: groupRun, Kind: KindString, FlagOnly: true,
			Description: "A file that gets the summary as Markdown.",
			Example:     "summary.md",
		},
	}
}
