package config

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

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
		p.warn("client-certificate has an effect with an address that begins with https:// only, and microcks-url does not.")
	}
	if p.planFollowsFromPayload() {
		p.warn("The default branch is not known (%s): a run for it would apply, and this one only plans.", p.trigger.payloadFault)
	}
	if ref := p.trigger.actionRef; p.trigger.onGitHub && (ref == "main" || ref == "master" || ref == "HEAD") {
		p.warn("This action is used at @%s, which changes from one run to the next: pin it to a full commit SHA.", ref)
	}
	p.warnUnused()
	p.warnUnpruned()
}

// warnUnused warns about what is said and does not count in the mode that was asked
// for. A mode that follows from the event asks for nothing: in the workflow's next
// run the same input counts.
func (p *parser) warnUnused() {
	mode := p.run.Mode
	if mode == "" || p.run.ModeReason != "" {
		return
	}
	for _, in := range p.rows {
		if p.given(in.Name) == "" || in.Kind == KindSecret && trim(p.getenv(in.Variable())) == "" {
			continue // a credential may stand in an environment for good, and asks for nothing
		}
		if !counts(in, "", mode) {
			p.warn("%s has an effect in mode %s only, and this is mode %s.", in.Name, inWords(in.Modes), mode)
			continue
		}
		for _, value := range slices.Sorted(maps.Keys(in.Only)) {
			if !counts(in, value, mode) && slices.Contains(p.words(in.Name), value) {
				p.warn("%s of %s has an effect in mode %s only, and this is mode %s.", value, in.Name, inWords(in.Only[value]), mode)
			}
		}
	}
}

// warnUnpruned warns about what is allowed for removing leftovers and does not count
// without that.
func (p *parser) warnUnpruned() {
	mode := p.run.Mode
	if p.run.Prune || p.run.ModeReason != "" || mode != ModePlan && mode != ModeApply {
		return
	}
	for _, value := range []string{AllowRemoveServices, AllowPruneMany} {
		if p.run.Allows(value) {
			p.warn("%s of allow has an effect with prune only, and this is mode %s without it.", value, mode)
		}
	}
	if in := p.inputs["github-token"]; mode == ModeApply && trim(p.getenv(in.Variable())) != "" {
		p.warn("github-token has an effect in mode check, plan, and apply with prune only, and this is mode apply without it.")
	}
}

// warnWithoutImporter warns about entries that describe the importer of what gets none.
func (p *parser) warnWithoutImporter() {
	var idle []string
	for _, i := range p.run.Importers {
		uploads := !i.OfPostman() || i.Delivery == DeliveryUpload
		if i.Own != nil && uploads && (i.Own.Name != nil || i.Own.Active != nil) {
			idle = append(idle, i.Entry)
		}
	}
	const most = 5
	if len(idle) > most {
		idle = append(idle[:most], fmt.Sprintf("%d more", len(idle)-most))
	}
	if len(idle) > 0 {
		p.warn("The manifest %s: importer-name and active have no effect where there is no importer, as of what is uploaded (%s).",
			p.shown(p.run.Manifest.Path), strings.Join(idle, ", "))
	}
}

// counts reports whether an input, or one value of a list, counts in a mode.
func counts(in Input, value string, mode Mode) bool {
	only := in.Only[value]
	return (in.Modes == nil || slices.Contains(in.Modes, mode)) && (only == nil || slices.Contains(only, mode))
}

// inWords lists modes: "check, plan and apply".
func inWords(modes []Mode) string {
	last := len(modes) - 1
	if last == 0 {
		return string(modes[0])
	}
	names := make([]string, last)
	for i := range names {
		names[i] = string(modes[i])
	}
	return strings.Join(names, ", ") + " and " + string(modes[last])
}

// planFollowsFromPayload reports whether a run for a branch only plans because the
// event's payload does not name the default branch.
func (p *parser) planFollowsFromPayload() bool {
	c := p.trigger
	ofBranch := c.Event == "push" || c.Event == "workflow_dispatch" && !strings.HasPrefix(c.ref, "refs/tags/")
	return c.onGitHub && ofBranch && c.payloadFault != "" && p.run.Mode == ModePlan && p.text("mode") == string(ModeAuto)
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
