package config

import "net/url"

// warn adds a warning; its text must be safe to show.
func (p *parser) warn(text string) { p.run.Warnings = append(p.run.Warnings, text) }

// warnings says what is allowed and yet likely a mistake.
func (p *parser) warnings() {
	p.warnClear("microcks-url", p.run.Microcks.URL)
	p.warnClear("keycloak-url", p.run.Keycloak.URL)
	if t := p.trigger; t.onGitHub && t.event == "push" && t.defaultBranch == "" && p.run.Mode == ModePlan && p.text("mode") == string(ModeAuto) {
		why := "the event's payload does not name it"
		if t.payloadError != nil {
			why = t.payloadError.Error()
		}
		p.warn("The default branch is not known, since " + why + ": a push to it would apply, and this one is only planned.")
	}
	if ref := p.trigger.actionRef; p.trigger.onGitHub && (ref == "main" || ref == "master" || ref == "HEAD") {
		p.warn("This action is used at @" + ref + ", which changes from one run to the next: pin it to a full commit SHA.")
	}
	if p.run.Microcks.Version != "" && p.run.Mode != ModeCheck && p.run.Mode != "" {
		p.warn("microcks-version counts in mode check only: mode " + string(p.run.Mode) + " judges by the version of the server.")
	}
	if p.run.FailOnChanges && p.run.Mode != ModePlan && p.run.Mode != "" {
		p.warn("fail-on-changes counts in mode plan only, and this is mode " + string(p.run.Mode) + ": for a check for drift give mode plan.")
	}
	if p.run.RemoveServices && p.run.Mode != ModeRemove && p.run.Mode != "" {
		p.warn("remove-services counts in mode remove only, and this is mode " + string(p.run.Mode) + ".")
	}
	if wait := p.run.WaitForMicrocks; wait > 0 && p.run.Timeout > 0 && wait >= p.run.Timeout {
		p.warn("wait-for-microcks (" + wait.String() + ") is as long as timeout (" + p.run.Timeout.String() + ") or longer, which counts the waiting too.")
	}
}

// warnClear warns about credentials that would travel in the clear. Loopback is
// this machine alone.
func (p *parser) warnClear(name, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || isLoopback(u.Hostname()) || p.run.Mode == ModeCheck {
		return
	}
	what := ""
	switch {
	case name == "keycloak-url":
		what = "the sign-in to Keycloak"
	case p.given("keycloak-client-secret") != "" || p.run.Keycloak.Auth == AuthGitHubOIDC:
		what = "the sign-in to Microcks"
	case p.run.Mode == ModeApply && p.run.Postman.APIKey != "":
		what = "the Postman API key, which Microcks gets as a secret,"
	default:
		return
	}
	p.warn(name + " begins with http://, so " + what + " can be read on the way: use https:// unless this is a network of your own, such as a job's service container.")
}
