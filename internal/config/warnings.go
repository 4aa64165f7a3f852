package config

import (
	"fmt"
	"net/url"

	"postman-microcks-importer/internal/text"
)

// warn adds a warning; its text must be safe to show.
func (p *parser) warn(format string, args ...any) {
	p.run.Warnings = append(p.run.Warnings, fmt.Sprintf(format, args...))
}

// warnings reports what is allowed and yet likely a mistake.
func (p *parser) warnings() {
	p.warnClear("microcks-url", p.run.Microcks.URL)
	p.warnClear("keycloak-url", p.run.Keycloak.URL)
	if u, err := url.Parse(p.run.Microcks.URL); err == nil && u.Scheme == "http" && p.run.Microcks.ClientKey != "" {
		p.warn("client-certificate counts with an address that begins with https:// only, and microcks-url does not.")
	}
	if p.planFollowsFromPayload() {
		p.warn("The default branch is not known (%s): a push to it would apply, and this one is only planned.", p.trigger.payloadFault)
	}
	if ref := p.trigger.actionRef; p.trigger.onGitHub && (ref == "main" || ref == "master" || ref == "HEAD") {
		p.warn("This action is used at @%s, which changes from one run to the next: pin it to a full commit SHA.", ref)
	}
	mode := p.run.Mode
	if p.run.Microcks.Version != "" && mode != ModeCheck && mode != "" {
		p.warn("microcks-version counts in mode check only: mode %s judges by the version of the server.", mode)
	}
	if p.run.FailOnChanges && mode != ModePlan && mode != "" {
		p.warn("fail-on-changes counts in mode plan only, and this is mode %s: for a check for drift give mode plan.", mode)
	}
	if p.run.RemoveServices && mode != ModeRemove && mode != "" {
		p.warn("remove-services counts in mode remove only, and this is mode %s.", mode)
	}
	if wait := p.run.WaitForMicrocks; wait > 0 && p.run.Timeout > 0 && wait >= p.run.Timeout {
		p.warn("wait-for-microcks (%s) is as long as timeout (%s) or longer, which counts the waiting too.", wait, p.run.Timeout)
	}
}

// planFollowsFromPayload reports whether a push is only planned because the
// event's payload does not name the default branch.
func (p *parser) planFollowsFromPayload() bool {
	t := p.trigger
	return t.onGitHub && t.event == "push" && t.payloadFault != "" && p.run.Mode == ModePlan && p.text("mode") == string(ModeAuto)
}

// warnClear warns about credentials that would travel in the clear. Loopback is
// this machine alone.
func (p *parser) warnClear(name, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || text.IsLoopback(u.Hostname()) || p.run.Mode == ModeCheck {
		return
	}
	const clear = "%s begins with http://, so %s can be read on the way:" +
		" use https:// unless this is a network of your own, such as a job's service container."
	switch {
	case name == "keycloak-url":
		p.warn(clear, name, "the sign-in to Keycloak")
	case p.given("keycloak-client-secret") != "" || p.run.Keycloak.Auth == AuthGitHubOIDC:
		p.warn(clear, name, "the sign-in to Microcks")
	case len(p.run.Microcks.Headers) > 0:
		p.warn(clear, name, "the headers in microcks-headers")
	case p.run.Mode == ModeApply && p.run.Postman.APIKey != "":
		p.warn(clear, name, "the Postman API key, which Microcks gets as a secret,")
	}
}
