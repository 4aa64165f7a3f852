package reconcile

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// need is a role that a plan cannot be carried out without.
type need struct {
	anyOf []microcks.Role
	what  string
}

// refuseBlindAccount stops a run, before it reads anything, when the account
// could not read what every plan needs. Microcks itself would answer a bare 403
// to whichever request comes first.
func (r *run) refuseBlindAccount() error {
	account := r.session.Account
	if account == nil {
		return nil
	}
	n := need{[]microcks.Role{microcks.User, microcks.Manager, microcks.Admin}, "to read importers"}
	// Since 1.11.1 no other role shows the examples of a service.
	if r.Mode != result.Remove && !r.session.Version.Before(1, 11, 1) {
		n = need{[]microcks.Role{microcks.User}, "to read services"}
	}
	if account.Has(n.anyOf...) {
		return nil
	}
	return missingRole(*account, n)
}

// needs lists the roles that this plan's writes need. Reading importers and
// services has been done by then.
func (r *run) needs() []need {
	var needs []need
	writes, labels := false, false
	for _, it := range r.live() {
		writes = writes || it.goal.writes(it)
		labels = labels || len(r.serviceLabelChanges(it)) > 0
	}
	if writes {
		needs = append(needs, need{[]microcks.Role{microcks.Manager, microcks.Admin}, "to create, change and start importers"})
	}
	if r.secret != nil && r.secret.used && r.secret.change != result.Keep {
		what := fmt.Sprintf("to %s the secret %q", r.secret.change, r.secret.ref.Name)
		if r.secret.change == result.Update {
			what += ", whose " + strings.Join(names(r.secret.fields), " and ") + " differs"
		}
		needs = append(needs, need{[]microcks.Role{microcks.Admin}, what})
	}
	if labels {
		needs = append(needs, need{[]microcks.Role{microcks.Manager}, "to label services"})
	}
	return needs
}

func names(fields []result.FieldChange) []string {
	var all []string
	for _, f := range fields {
		all = append(all, string(f.Field))
	}
	return all
}

// refuseMissingRoles stops a run before its first write when the account could
// not finish it. In Plan it only warns. Where membership of a group can stand
// in for a role, the server has the last word.
func (r *run) refuseMissingRoles() error {
	account := r.session.Account
	if account == nil {
		return nil
	}
	var missing []error
	for _, n := range r.needs() {
		if account.Has(n.anyOf...) {
			continue
		}
		err := missingRole(*account, n)
		switch {
		case r.Mode == result.Plan:
			p := result.ProblemOf(err)
			p.Level, p.ExitCode = result.Warning, 0
			r.result.Problems = append(r.result.Problems, p)
		case r.session.Tenancy && n.anyOf[0] == microcks.Manager:
			p := result.ProblemOf(err)
			p.Level, p.ExitCode = result.Note, 0
			p.Hint = "repository tenancy is on, so membership of the group that manages this API may be enough: Microcks decides. " + p.Hint
			r.result.Problems = append(r.result.Problems, p)
		default:
			missing = append(missing, err)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	// All at once, so that nobody has to go to Keycloak twice.
	last := len(missing) - 1
	for _, err := range missing[:last] {
		r.result.Problems = append(r.result.Problems, result.ProblemOf(err))
	}
	return missing[last]
}

func missingRole(account microcks.Account, n need) error {
	names := make([]string, len(n.anyOf))
	for i, role := range n.anyOf {
		names[i] = "`" + string(role) + "`"
	}
	has := make([]string, len(account.Roles))
	for i, role := range account.Roles {
		has[i] = string(role)
	}
	having := "it has none"
	if len(has) > 0 {
		having = "it has " + strings.Join(has, ", ")
	}
	hint := fmt.Sprintf("in Keycloak open Clients > %s > Service accounts roles > Assign role > Client roles, and assign microcks-app %s", account.Client, strings.Join(names, " or "))
	switch n.anyOf[0] {
	case microcks.User:
		hint += "; a run that changes importers needs `manager` as well"
	case microcks.Admin:
		hint += "; or let an administrator of Microcks make that secret with the token header " + microcks.TokenHeader + " once, and this account only refers to it"
	}
	return &result.Problem{Level: result.Error,
		Text:   text.Untrustedf("checking roles: account %q (client %q) needs the role %s of microcks-app %s; %s", account.Name, account.Client, strings.Join(names, " or "), n.what, having),
		Hint:   text.Untrusted(hint),
		Anchor: "role-missing", ExitCode: 12,
	}
}
