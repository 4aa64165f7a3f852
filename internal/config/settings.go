package config

import (
	"errors"
	"strings"
)

// origin reads who runs and where.
func (p *parser) origin() {
	p.run.OnGitHub = p.trigger.onGitHub
	p.run.NoSecrets = p.trigger.withoutSecrets()
	p.run.Workspace = p.space.dir
	p.run.Repository, p.run.Provenance = readProvenance(p.getenv)
}

// mode resolves auto and refuses what the event must not do.
func (p *parser) mode() {
	wanted := Mode(p.choice("mode"))
	if wanted != ModeAuto {
		p.run.Mode = wanted
		if p.trigger.event == "pull_request_target" && p.trigger.onGitHub && (wanted == ModeApply || wanted == ModeRemove) {
			p.problem("mode", quoted(string(wanted))+" on the event pull_request_target", "plan or check on that event, since it runs with secrets for everyone who opens a pull request",
				"Write mode: plan here, and apply on the push that merges the pull request.")
		}
		if wanted == ModeRemove && p.run.Repository == "" {
			p.problem("mode", quoted(string(wanted))+" without GITHUB_REPOSITORY", "remove only where it is known whose importers are to go: an importer is deleted for the repository that made it",
				"Set the environment variable GITHUB_REPOSITORY to the OWNER/REPO that created them.")
		}
		return
	}
	if p.trigger.onGitHub {
		p.run.Mode, p.run.ModeReason = p.trigger.mode()
		p.run.ModeReason = shown(p.run.ModeReason, p.secrets, shownMessage)
		return
	}
	if p.complained("mode") {
		return
	}
	got := p.given("mode")
	if got != "" {
		got = quoted(got)
	}
	p.problem("mode", got, "plan, apply, check or remove; auto works on GitHub only, where the event decides",
		"Say what to do: --mode=plan shows what would change and writes nothing.")
}

// postman reads where collections come from. Whether the key is needed is known
// only with the collections.
func (p *parser) postman() {
	p.run.Postman.APIKey = p.credential("postman-api-key")
	if strings.HasPrefix(strings.ToUpper(string(p.run.Postman.APIKey)), "PMAT-") {
		p.problem("postman-api-key", "the access key of one collection's link, PMAT-… (not shown)", "a Postman API key, which begins with PMAK-",
			"Create an API key in Postman under Settings > API keys; Microcks can send that one as a header.")
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
	if version := p.line("microcks-version"); version != "" {
		hint := "Write all three numbers, within quotes, or YAML reads 1.10 as 1.1; for example " + p.example("microcks-version") + "."
		err := parseServerVersion(version)
		if errors.Is(err, errTooOld) {
			hint = "Choose a newer one, for example " + p.example("microcks-version") + ": older ones cannot read what the Postman API answers."
		}
		if err != nil {
			p.problem("microcks-version", quoted(p.shown(version)), p.inputs["microcks-version"].takes(), hint)
		} else {
			p.run.Microcks.Version = version
		}
	}
	p.run.WaitForMicrocks = p.duration("wait-for-microcks")
}

// keycloak reads how to sign in. Whether that is needed only Microcks knows, so
// nothing is missing here but the other half of what was given.
func (p *parser) keycloak() {
	k := &p.run.Keycloak
	k.Auth = p.choice("keycloak-auth")
	k.ClientID = p.clientID()
	k.ClientSecret = p.credential("keycloak-client-secret")
	if u := p.address("keycloak-url", parseKeycloakURL); u != nil {
		k.URL = u.String()
	}
	if k.Auth == AuthGitHubOIDC {
		if k.ClientSecret != "" {
			p.warn("keycloak-client-secret is not used with keycloak-auth " + AuthGitHubOIDC + ": remove it, so that no secret is stored.")
		}
		return
	}
	switch {
	case p.run.Mode == ModeCheck:
	case k.ClientID != "" && p.given("keycloak-client-secret") == "":
		p.missing("keycloak-client-secret")
	case k.ClientSecret != "" && p.given("keycloak-client-id") == "":
		p.missing("keycloak-client-id")
	}
}

// clientID reads the client's id, whose value is as little shown as a secret's:
// the two are easily swapped.
func (p *parser) clientID() string {
	value := p.given("keycloak-client-id")
	if strings.ContainsAny(value, " \t") || hasControl(value) || len(value) > longestName {
		p.problem("keycloak-client-id", "a value that holds white space, a character that cannot be seen, or too many (not shown)",
			"the client's id as Keycloak shows it, on one line", "Save the client's id again without quotes, spaces and line breaks around it.")
		return ""
	}
	return value
}

// secret reads which secret in Microcks holds the API key.
func (p *parser) secret() {
	s := &p.run.Secret
	s.Name = p.line("secret-name")
	s.Explicit = s.Name != ""
	s.Replace = p.isTrue("replace-secret")
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
	p.run.FailOn = p.choice("fail-on")
	p.run.FailOnChanges = p.isTrue("fail-on-changes")
	p.run.RemoveServices = p.isTrue("remove-services")
}

// limits reads what bounds the run itself.
func (p *parser) limits() {
	p.run.Timeout = p.duration("timeout")
	p.run.Parallelism = p.number("parallelism")
	p.run.CA = p.certificates()
}

// certificates reads the authorities to trust beside the system's.
func (p *parser) certificates() []byte {
	const name = "ca-certificate"
	value := p.given(name)
	if !p.once(name) || value == "" {
		return nil
	}
	text, got := []byte(value), "PEM text (not shown)"
	if !isPEMText(value) {
		got = "the path " + quoted(p.shown(value))
		path, err := p.space.file(value)
		if err == nil {
			text, err = readCertificates(p.space, path)
		}
		if err != nil {
			p.problem(name, got+", which "+p.clauseOf(err), p.inputs[name].takes(),
				"Give the text of a PEM file, or its path in the workspace, with the repository checked out before this step; for example "+p.example(name)+".")
			return nil
		}
	}
	certificates, err := parseCertificates(text)
	if err != nil {
		p.problem(name, got+", which "+err.Error(), p.inputs[name].takes(),
			"Give the authority's certificate alone; it begins with -----BEGIN CERTIFICATE-----.")
		return nil
	}
	return certificates
}

// clauseOf is an error of the file system as a clause that is safe to show.
func (p *parser) clauseOf(err error) string { return shown(err.Error(), p.secrets, shownMessage) }
