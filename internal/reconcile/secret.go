package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// secretPlan is what happens to the Microcks secret that holds the Postman key.
type secretPlan struct {
	ref    microcks.SecretRef
	there  *microcks.Secret // nil: it has to be created
	change result.Change
	fields []result.FieldChange
	// comparable is false where the account cannot see the token.
	comparable bool
	err        error // why an importer cannot use it
	used       bool

	saved  chan struct{} // closed when it is written, or failed to be
	failed error
}

// errNoSecret stops what needs a secret that could not be written.
var errNoSecret = errors.New("the secret could not be written")

// wait returns when the secret is as it shall be.
func (p *secretPlan) wait() error {
	if <-p.saved; p.failed != nil {
		return errNoSecret
	}
	return nil
}

// use says that an importer of this run refers to the secret.
func (p *secretPlan) use() *microcks.SecretRef {
	p.used = true
	ref := p.ref
	return &ref
}

func (p *secretPlan) is(id string) bool { return p.ref.SecretID == id }

// planSecret decides about the secret as if some importer used it.
func (r *run) planSecret() {
	p := &secretPlan{change: result.Keep, comparable: true}
	r.secret = p
	there, err := r.pickSecret()
	if err != nil {
		p.err = err
		return
	}
	if there == nil {
		p.change = result.Create
		p.ref = microcks.SecretRef{SecretID: r.secretID(), Name: r.Secret.Name}
		p.fields = []result.FieldChange{{Field: result.FieldToken, Hidden: true}, {Field: result.FieldTokenHeader, To: untrusted(microcks.TokenHeader)}}
		return
	}
	p.there = there
	p.ref = microcks.SecretRef{SecretID: there.ID, Name: there.Name}
	p.fields, p.comparable = r.compareSecret(there)
	if len(p.fields) == 0 {
		return
	}
	p.change = result.Update
	if users := r.otherUsers(there.ID); len(users) > 0 && !r.Secret.Replace {
		p.err = &result.Problem{Level: result.Error,
			Text:   text.Untrustedf("planning: secret %q holds another token or header, and importers outside this run use it: %s", there.Name, strings.Join(users, ", ")),
			Hint:   "set `secret-name` to a name of its own, or `replace-secret: true` to change it for all of them",
			Anchor: "secret-shared", ExitCode: 1,
		}
	}
}

// pickSecret is the derived id, else the only one of the exact name.
func (r *run) pickSecret() (*microcks.Secret, error) {
	found := r.state.secrets
	if i := slices.IndexFunc(found, func(s microcks.Secret) bool { return s.ID == r.secretID() }); i >= 0 {
		return &found[i], nil
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	var ids []string
	for _, s := range found {
		ids = append(ids, s.ID)
	}
	return nil, &result.Problem{Level: result.Error,
		Text:   text.Untrustedf("planning: %d secrets are named %q: %s", len(found), r.Secret.Name, strings.Join(ids, ", ")),
		Hint:   "delete or rename all but one of them in Microcks under Administration > Secrets, or set `secret-name`",
		Anchor: "secrets-ambiguous", ExitCode: 1,
	}
}

// compareSecret tells what differs, and whether the token could be seen.
func (r *run) compareSecret(s *microcks.Secret) (fields []result.FieldChange, comparable bool) {
	seesTokens := r.session.Account == nil || r.session.Account.Has(microcks.Admin)
	comparable = s.Token != nil || seesTokens
	if comparable && value(s.Token) != r.Secret.Token {
		fields = append(fields, result.FieldChange{Field: result.FieldToken, Hidden: true})
	}
	if header := value(s.TokenHeader); !strings.EqualFold(strings.TrimSpace(header), microcks.TokenHeader) {
		change := result.FieldChange{Field: result.FieldTokenHeader, To: untrusted(microcks.TokenHeader)}
		if header != "" {
			change.From = untrusted(header)
		}
		fields = append(fields, change)
	}
	return fields, comparable
}

// otherUsers names the importers outside this run that refer to a secret.
func (r *run) otherUsers(secretID string) []string {
	var users []string
	for _, job := range r.state.jobs {
		inRun := ours(&job, r.Repository) || slices.ContainsFunc(r.items, func(it *item) bool { return it.readBy(&job) })
		if job.SecretRef != nil && job.SecretRef.SecretID == secretID && !inRun {
			users = append(users, fmt.Sprintf("%q (%s)", job.Name, job.ID))
		}
	}
	return users
}

// dropUnusedSecret forgets the secret when every importer has another one, and
// fails those that need one they cannot have.
func (r *run) dropUnusedSecret() {
	p := r.secret
	if !p.used {
		p.change, p.fields, p.err = result.Keep, nil, nil
		return
	}
	if p.err != nil {
		for _, it := range r.live() {
			if it.usesSecret(p) {
				it.Fail(p.err)
			}
		}
		p.change = result.Keep
	}
	r.result.Secret = &result.Secret{ID: p.ref.SecretID, Name: text.Untrusted(p.ref.Name), Change: p.change, Fields: p.fields, Comparable: p.comparable}
}

func (it *item) usesSecret(p *secretPlan) bool {
	if it.goal.intent.secret != nil {
		return true
	}
	return it.pick.use != nil && it.pick.use.SecretRef != nil && p.is(it.pick.use.SecretRef.SecretID)
}

// saveSecret writes the secret when it differs. It reads before it writes
// again, since an answer that got lost says nothing.
func (r *run) saveSecret(ctx context.Context) error {
	p := r.secret
	if !p.used || p.change == result.Keep || len(r.live()) == 0 {
		return nil
	}
	began := time.Now()
	there := p.there
	for try := 1; ; try++ {
		if there != nil {
			// Right before writing, so that fields of others are as they are now.
			if now, err := r.session.Microcks.Secret(ctx, there.ID); err != nil {
				return err
			} else if now != nil {
				there = now
			}
		}
		err := r.writeSecret(ctx, there)
		if err == nil {
			break
		}
		if !microcks.InDoubt(err) {
			return err
		}
		r.result.Secret.InDoubt = r.wrote(err) || r.result.Secret.InDoubt
		if try == maxTries {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
		found, readErr := r.readSecrets(ctx)
		if readErr != nil {
			return readErr
		}
		r.state.secrets = found
		if there, err = r.pickSecret(); err != nil {
			return err
		}
		if there != nil {
			if fields, _ := r.compareSecret(there); len(fields) == 0 {
				break
			}
		}
	}
	r.result.Secret.Done, r.result.Secret.InDoubt = true, false
	r.changed.Store(true)
	r.step("apply", nil, began, fmt.Sprintf("secret %q written", p.ref.Name))
	return nil
}

func (r *run) writeSecret(ctx context.Context, there *microcks.Secret) error {
	header := microcks.TokenHeader
	if there == nil {
		description := "Key for the Postman API, kept by postman-microcks-importer"
		if r.Repository != "" {
			description += " for " + r.Repository
		}
		return r.session.Microcks.CreateSecret(ctx, &microcks.Secret{
			ID: r.secretID(), Name: r.Secret.Name, Description: &description, Token: &r.Secret.Token, TokenHeader: &header,
		})
	}
	merged := *there
	merged.Token, merged.TokenHeader = &r.Secret.Token, &header
	return r.session.Microcks.UpdateSecret(ctx, &merged)
}
