package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/text"
)

// origin reads who runs and where.
func (p *parser) origin() {
	p.run.Trigger, p.run.NoSecrets = p.trigger.Trigger, p.trigger.withheld()
	p.run.Workspace, p.run.DefaultBranch = p.space.dir, p.trigger.ofDefault()
	p.run.Repository, p.run.Provenance = readProvenance(p.getenv)
	if id := p.getenv("GITHUB_REPOSITORY_ID"); p.run.Repository != "" && runID.MatchString(id) {
		p.run.RepositoryID = id
	}
	p.run.Allow = p.choices("allow")
	if prune := p.boolean("prune"); prune != nil && *prune {
		p.prune()
	}
}

// prune reads that leftovers are removed. A list of the workflow has none: which run made
// what of it cannot be told.
func (p *parser) prune() {
	p.run.Prune = true
	if p.given("manifest") == "" {
		p.report(Problem{
			Input: "prune", Got: "true without manifest", Takes: "true with `manifest` only: what a list of the workflow left over is not known",
			Hint: "put what collections lists into a manifest, and name it by manifest: .github/postman.yaml",
		})
	}
}

// mode resolves auto.
func (p *parser) mode() {
	wanted := Mode(p.choice("mode"))
	switch {
	case wanted != ModeAuto:
		p.run.Mode = wanted
		p.refuseMode()
	case p.trigger.onGitHub:
		p.run.Mode, p.run.ModeReason = p.trigger.mode()
		p.run.ModeReason = shown(p.run.ModeReason, p.secrets, shownMessage)
	case !p.complained("mode"):
		problem := Problem{
			Input: "mode",
			Takes: "plan, apply, check, remove or export; auto works on GitHub only, where the event decides",
			Hint:  "say what to do: --mode=plan shows what would change and writes nothing",
		}
		if got := p.given("mode"); got != "" {
			problem.Got = quoted(got)
		}
		p.report(problem)
	}
}

// refuseMode reports a mode that would not know what is its own.
func (p *parser) refuseMode() {
	mode := p.run.Mode
	name := p.getenv("GITHUB_REPOSITORY")
	switch {
	case p.run.Repository != "" || mode == ModeCheck || mode == ModeExport:
	case trim(name) != "" && !p.trigger.onGitHub:
		p.report(Problem{
			Input: "GITHUB_REPOSITORY", Got: quoted(p.shown(name)), Takes: "OWNER/REPO, the repository whose runs own what they create",
			Hint: "set that environment variable to both names with a slash between them, such as acme/pets",
		})
	case mode == ModeRemove:
		p.report(Problem{
			Input: "mode", Got: quoted(string(mode)) + " without GITHUB_REPOSITORY",
			Takes: "remove only where it is known whose importers are to go: an importer is deleted for the repository that made it",
			Hint:  "set the environment variable GITHUB_REPOSITORY to the OWNER/REPO that created them",
		})
	}
}

// postman reads where collections come from. Whether the key is needed is known
// only with the collections.
func (p *parser) postman() {
	p.run.Postman.APIKey = p.credential("postman-api-key")
	if text.IsAccessKey(p.run.Postman.APIKey.Reveal()) {
		p.report(Problem{
			Input: "postman-api-key", Got: "the access key of one collection's link, PMAT-… (not shown)",
			Takes: "a Postman API key, which begins with PMAK-",
			Hint:  "create an API key in Postman under Settings > API keys; Microcks can send that one as a header",
		})
	}
	if u := p.address("postman-api-url", parsePostmanURL); u != nil {
		p.run.Postman.URL = u.String()
	}
}

// microcks reads where collections go.
func (p *parser) microcks() {
	u := p.address("microcks-url", parseMicrocksURL)
	switch {
	case u != nil:
		p.run.Microcks.URL = u.String()
	case p.given("microcks-url") == "" && p.run.Mode != "" && p.run.Mode != ModeCheck:
		p.missing("microcks-url")
	}
	p.run.Microcks.Version = p.serverVersion()
	p.clientCertificate()
}

// clientCertificate reads what this program shows Microcks, or a gateway before
// it, of itself.
func (p *parser) clientCertificate() {
	const certificate, key = "client-certificate", "client-key"
	given, secret := p.given(certificate), p.given(key)
	keyPEM, keyIsText := asPEM(secret)
	p.run.Microcks.ClientKey = Secret(keyPEM) // to be masked, whatever is wrong with it
	pem, isText := asPEM(given)
	switch wrong := noPEM; {
	case given == "" && secret == "", p.run.Closes():
		return
	case given == "":
		p.report(Problem{Input: certificate, Takes: p.inputs[certificate].takes() + ", together with client-key",
			Hint: "give the certificate that the key belongs to, or leave client-key out", withheld: p.trigger.withheld() != ""})
		return
	case isText:
		if pem, wrong = parseCertificates(pem); wrong == "" {
			p.run.Microcks.ClientCertificate = pem
			break
		}
		fallthrough
	default:
		hint := "give the text of the certificate, which begins with -----BEGIN CERTIFICATE-----, and not a path"
		if wrong == withPrivateKey {
			hint = "give the certificate alone here, and its key in client-key"
		}
		p.report(Problem{Input: certificate, Got: "a value (not shown)", Fault: wrong, Hint: hint})
	}
	const howToKey = "give the text of the key, which begins with -----BEGIN PRIVATE KEY-----, and not a path"
	switch wrong := noPEM; {
	case secret == "":
		p.report(Problem{Input: key, Takes: p.inputs[key].takes() + ", together with client-certificate",
			Hint: "give the key of the certificate, or leave client-certificate out", withheld: p.trigger.withheld() != ""})
	case keyIsText && parseKey(keyPEM) == "":
		if p.run.Microcks.ClientCertificate == nil {
			break // which is told
		}
		if wrong = matchKey(p.run.Microcks.ClientCertificate, keyPEM); wrong != "" {
			p.report(Problem{Input: key, Got: "a value (not shown)", Fault: wrong,
				Hint: "give the two files that were made together; of a chain, the client's own certificate stands first"})
		}
	default:
		hint := howToKey
		if keyIsText {
			wrong = parseKey(keyPEM)
		}
		if wrong == encryptedKey {
			hint = "decrypt it with `openssl pkey -in KEY -out PLAIN`, and save that as a secret"
		}
		p.report(Problem{Input: key, Got: "a value (not shown)", Fault: wrong, Hint: hint})
	}
}

// serverVersion reads the version that mode check judges by; "" when none was
// given or it is refused.
func (p *parser) serverVersion() string {
	const name = "microcks-version"
	version := p.line(name)
	if version == "" {
		return ""
	}
	err := parseServerVersion(version)
	switch {
	case errors.Is(err, errTooOld):
		p.invalid(name, version,
			fmt.Sprintf("choose a newer one, for example %s: older ones cannot read what the Postman API answers", p.example(name)))
	case err != nil:
		p.invalid(name, version,
			p.versionHint(name, version))
	default:
		return version
	}
	return ""
}

// serviceVersion reads the version of services; "" when none was given or it is
// refused.
func (p *parser) serviceVersion() string {
	const name = "service-version"
	given := p.line(name)
	version, uncarried := parseServiceVersion(given)
	switch {
	case given == "":
		return ""
	case uncarried == "":
		return version
	}
	problem := Problem{
		Input: name, Got: quoted(p.shown(given)),
		Fault: fault(fmt.Sprintf("no address of a mock carries %s in a version", strconv.QuoteToASCII(uncarried))),
	}
	if strings.Contains(given, "/") {
		problem.Hint = "where a workflow gives the name of its ref, which is such as 12/merge for a pull request, write" +
			" ${{ github.ref_type == 'tag' && github.ref_name || '' }}: empty counts as not given"
	}
	p.report(problem)
	return ""
}

// versionHint is how to write a version of Microcks.
func (p *parser) versionHint(name, version string) string {
	example := p.example(name)
	if p.trigger.onGitHub {
		return "write all three numbers, within quotes, or YAML reads 1.10 as 1.1; for example " + example
	}
	if meant := strings.TrimPrefix(version, "v"); parseServerVersion(meant+".0") == nil {
		example = p.setting(name, meant+".0")
	}
	return "write all three numbers, for example " + example
}

// keycloak reads how to sign in. Whether that is needed only Microcks knows, so
// nothing is missing here but the other half of what was given, and the only
// address that a token of GitHub's may go to.
func (p *parser) keycloak() {
	k := &p.run.Keycloak
	k.Auth = p.choice("keycloak-auth")
	k.ClientID = p.clientID()
	k.ClientSecret = p.credential("keycloak-client-secret")
	if u := p.address("keycloak-url", parseKeycloakURL); u != nil {
		k.URL = u.String()
	}
	if u := p.address("keycloak-audience", parseIssuer); u != nil {
		k.Audience = u.String()
	}
	if k.Auth == AuthGitHubOIDC && !p.inGitHubJob() && p.run.Mode != ModeCheck {
		p.report(Problem{
			Input: "keycloak-auth", Got: quoted(AuthGitHubOIDC) + " outside GitHub",
			Takes: AuthGitHubOIDC + " in a job of GitHub Actions only, whose token GitHub signs",
			Hint:  "leave it out, and give the client's secret: set KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET",
		})
		return
	}
	if k.Auth == AuthGitHubOIDC {
		// Whoever says where the token goes has it: no server does.
		if in := p.inputs["keycloak-url"]; p.given(in.Name) == "" && p.run.Mode != "" && p.run.Mode != ModeCheck {
			p.report(Problem{
				Input: in.Name, Takes: fmt.Sprintf("%s (keycloak-auth %s needs it)", in.takes(), AuthGitHubOIDC), Hint: p.missingHint(in),
				withheld: p.trigger.withheld() != "",
			})
		}
		if k.ClientSecret != "" {
			p.warn("keycloak-client-secret is not used with keycloak-auth %s: remove it, so that no secret is stored.", AuthGitHubOIDC)
		}
		return
	}
	if k.Audience != "" {
		p.warn("keycloak-audience has an effect with keycloak-auth %s only.", AuthGitHubOIDC)
	}
	switch {
	case p.run.Mode == ModeCheck:
	case k.ClientID != "" && p.given("keycloak-client-secret") == "":
		p.missingFor("keycloak-client-secret", "keycloak-client-id")
	case k.ClientSecret != "" && p.given("keycloak-client-id") == "":
		p.missingFor("keycloak-client-id", "keycloak-client-secret")
	}
}

// inGitHubJob reports whether GitHub may sign a token for this run: in a job with the
// right to one it says where to ask, even to what runs in it like a shell's command.
func (p *parser) inGitHubJob() bool {
	return p.trigger.onGitHub || p.getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != ""
}

// clientID reads the client's id, whose value is as little shown as a secret's:
// the two are easily swapped.
func (p *parser) clientID() string {
	value := p.given("keycloak-client-id")
	if strings.ContainsAny(value, " \t") || hasControl(value) || len(value) > longestName {
		p.report(Problem{
			Input: "keycloak-client-id",
			Got:   "a value that holds white space, an invisible character, or too many (not shown)",
			Takes: "the client's id as Keycloak shows it, on one line",
			Hint:  "save the client's id again without quotes, spaces and line breaks around it",
		})
		return ""
	}
	return value
}

// secret reads which secret in Microcks holds the API key.
func (p *parser) secret() {
	s := &p.run.Secret
	s.Name = p.line("secret-name")
	s.Explicit = s.Name != ""
	if !s.Explicit {
		owner := p.run.Repository
		if owner == "" {
			owner = "postman-microcks-importer" // outside GitHub no repository is known
		}
		s.Name = "Postman API key for " + owner
	}
}

// judging reads when to import and what fails a run.
func (p *parser) judging() {
	p.run.Import = p.choice("import")
	p.run.Verify = p.choice("verify")
	p.run.FailOn = slices.DeleteFunc(p.choices("fail-on"), func(what string) bool {
		return !counts(p.inputs["fail-on"], what, p.run.Mode)
	})
}

// pull reads how to speak to the pull request.
func (p *parser) pull() {
	p.run.Pull = Pull{Token: p.credential("github-token"), Comment: p.choice("comment"), Key: p.line("comment-key")}
}

// limits reads what bounds the run itself.
func (p *parser) limits() {
	p.run.Timeout = p.duration("timeout")
	p.run.Parallelism = p.number("parallelism")
	p.run.Output, p.run.ResultFile, p.run.SummaryFile = p.choice("output"), p.line("result-file"), p.line("summary-file")
	p.run.CA = p.certificates()
}

// certificates reads the authorities to trust beside the system's.
func (p *parser) certificates() []byte {
	const name = "ca-certificate"
	value := p.given(name)
	if !p.once(name) || value == "" {
		return nil
	}
	pem, isText := asPEM(value)
	problem := Problem{Input: name, Got: "PEM text (not shown)"}
	if !isText {
		problem.Got = "the path " + quoted(p.shown(value))
		pem, problem.Fault = p.readCertificates(value)
		if p.run.Closes() && (problem.Fault == notThere || problem.Fault == notInSpace) {
			return nil // that run needs no checkout
		}
		if problem.Fault != "" {
			problem.Hint = fmt.Sprintf("give the text of a PEM file, or its path in the workspace,"+
				" with the repository checked out before this step; for example %s", p.example(name))
			p.report(problem)
			return nil
		}
	}
	certificates, wrong := parseCertificates(pem)
	if wrong != "" {
		problem.Fault = wrong
		problem.Hint = "give the authority's certificate alone; it begins with -----BEGIN CERTIFICATE-----"
		p.report(problem)
		return nil
	}
	return certificates
}

// readCertificates reads a PEM file.
func (p *parser) readCertificates(name string) ([]byte, fault) {
	path, wrong := p.space.file(name)
	if wrong != "" {
		return nil, wrong
	}
	return readCertificates(p.space, path)
}
