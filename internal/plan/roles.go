package plan

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// need is a role that something cannot be done without.
type need struct {
	anyOf []microcks.Role
	what  string
	more  text.Untrusted // of what to do
}

// BlindAccount refuses an account that could not read what every plan needs,
// before anything is read: Microcks itself would answer a bare 403 to whichever
// request comes first. It returns nil for one that sees enough.
func BlindAccount(version microcks.Version, account *microcks.Account, readsServices bool) *result.Problem {
	if account == nil {
		return nil
	}
	n := need{anyOf: []microcks.Role{microcks.User, microcks.Manager, microcks.Admin}, what: "to read importers"}
	// Since 1.11.1 no other role shows the examples of a service.
	if readsServices && !version.Before(1, 11, 1) {
		n = need{
			anyOf: []microcks.Role{microcks.User}, what: "to read services", more: "a run that changes importers needs `manager` as well",
		}
	}
	if account.Has(n.anyOf...) {
		return nil
	}
	return missingRole(*account, n)
}

// MayDelete refuses an account that cannot delete importers; nil for one that
// can.
func MayDelete(account *microcks.Account, tenancy bool) *result.Problem {
	n := need{anyOf: []microcks.Role{microcks.Manager, microcks.Admin}, what: "to delete importers and services"}
	if account == nil || tenancy || account.Has(n.anyOf...) {
		return nil
	}
	return missingRole(*account, n)
}

// needs lists the roles that the writes of this plan need.
func (m *maker) needs() []need {
	var needs []need
	writes := func(is func(*Artifact) bool) bool {
		return slices.ContainsFunc(m.Artifacts, func(a *Artifact) bool { return a.Writes() && is(a) })
	}
	imports := func(a *Artifact) bool { return a.Upload == nil || len(a.Upload.Leaving)+len(a.Upload.Stopping) > 0 }
	if writes(imports) {
		needs = append(needs, need{anyOf: []microcks.Role{microcks.Manager, microcks.Admin}, what: "to create, change and start importers"})
	}
	if writes(func(a *Artifact) bool { return a.Upload != nil && a.Due != nil }) {
		uploads := need{anyOf: []microcks.Role{microcks.Manager, microcks.Admin}, what: "to upload collections"}
		if v := m.there.Version; !v.Before(1, 10, 0) && v.Before(1, 11, 0) { // of all versions, these alone
			uploads.anyOf = []microcks.Role{microcks.Admin}
			uploads.more = "or update Microcks: 1.11 and newer take `manager` as well"
		}
		needs = append(needs, uploads)
	}
	for _, s := range m.Secrets {
		if s.Change == result.Keep {
			continue
		}
		what := fmt.Sprintf("to %s the secret %q", s.Change, s.Ref.Name)
		if s.Change == result.Update {
			what += ", whose " + strings.Join(names(s.Fields), " and ") + " differs"
		}
		needs = append(needs, need{
			anyOf: []microcks.Role{microcks.Admin}, what: what,
			more: "or let an administrator of Microcks make that secret with the token header " + microcks.TokenHeader +
				" once, and this account only refers to it",
		})
	}
	ofService := func(f result.FieldChange) bool { return f.Field == result.FieldServiceLabel }
	labels := func(a *Artifact) bool {
		return !a.Failed() && slices.ContainsFunc(a.Fields, ofService)
	}
	if slices.ContainsFunc(m.Artifacts, labels) {
		needs = append(needs, need{anyOf: []microcks.Role{microcks.Manager}, what: "to label services"})
	}
	return needs
}

func names(fields []result.FieldChange) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = string(f.Field)
	}
	return all
}

// requireRoles says which roles the account lacks to carry the plan out: an
// error where it is to be carried out, so that no write is begun that cannot be
// finished, a warning otherwise. Where membership of a group can stand in for a
// role, the server has the last word.
func (m *maker) requireRoles() {
	account := m.there.Account
	if account == nil {
		return
	}
	for _, n := range m.needs() {
		if account.Has(n.anyOf...) {
			continue
		}
		p := *missingRole(*account, n)
		switch {
		case !m.WillApply:
			p.Level, p.ExitCode = result.Warning, 0
		case m.there.Tenancy && n.anyOf[0] == microcks.Manager:
			p.Level, p.ExitCode = result.Note, 0
			p.Hint = "repository tenancy is on, so membership of the group that manages this API may be enough: Microcks decides. " + p.Hint
		}
		m.Problems = append(m.Problems, p)
	}
}

func missingRole(account microcks.Account, n need) *result.Problem {
	wanted := make([]string, len(n.anyOf))
	for i, role := range n.anyOf {
		wanted[i] = "`" + string(role) + "`"
	}
	having := "it has none"
	if len(account.Roles) > 0 {
		has := make([]string, len(account.Roles))
		for i, role := range account.Roles {
			has[i] = string(role)
		}
		having = "it has " + strings.Join(has, ", ")
	}
	hint := text.Untrustedf("in Keycloak open Clients > %s > Service accounts roles > Assign role > Client roles, and assign microcks-app %s",
		account.Client, strings.Join(wanted, " or "))
	if n.more != "" {
		hint += "; " + n.more
	}
	return &result.Problem{
		Level: result.Error,
		Text: text.Untrustedf("checking roles: account %q (client %q) needs the role %s of microcks-app %s; %s",
			account.Name, account.Client, strings.Join(wanted, " or "), n.what, having),
		Hint: hint, Anchor: "role-missing", ExitCode: 12, Headline: "the account of Microcks lacks a role",
	}
}
