package plan

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Secret is what happens to a Microcks secret that holds a Postman key.
type Secret struct {
	Ref    microcks.SecretRef
	There  *microcks.Secret // nil: it is to be created
	Change result.Change
	Fields []result.FieldChange
	// Comparable is false where the account cannot see the token.
	Comparable bool

	// Token that it shall have, and what a new one is described as. The token is
	// no part of what is printed.
	Token       Token
	Description string

	used    bool
	refused *result.Problem // why an importer cannot use it
}

// Token is a credential that does not show when it is printed.
type Token struct{ value string }

// NewToken keeps a credential from being printed.
func NewToken(value string) Token { return Token{value} }

// Reveal returns the credential itself.
func (t Token) Reveal() string { return t.value }

// String hides the credential.
func (Token) String() string { return text.Hidden }

// GoString hides the credential.
func (Token) GoString() string { return text.Hidden }

// Document is the secret as it is written, everything kept that is there.
func (s *Secret) Document(there *microcks.Secret) *microcks.Secret {
	token, header := s.Token.Reveal(), microcks.TokenHeader
	if there == nil {
		return &microcks.Secret{ID: s.Ref.SecretID, Name: s.Ref.Name, Description: &s.Description, Token: &token, TokenHeader: &header}
	}
	merged := *there
	merged.Token, merged.TokenHeader = &token, &header
	return &merged
}

// Differs reports whether a secret is not as it shall be, as far as the account
// can see that.
func (s *Secret) Differs(there *microcks.Secret) bool {
	return s.Comparable && value(there.Token) != s.Token.Reveal() || !isTokenHeader(value(there.TokenHeader))
}

// Pick finds a secret among those that a search brought: by its id, else the
// only one of its name.
func Pick(found []microcks.Secret, id string) (*microcks.Secret, *result.Problem) {
	if i := slices.IndexFunc(found, func(s microcks.Secret) bool { return s.ID == id }); i >= 0 {
		return &found[i], nil
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	ids := make([]string, len(found))
	for i, s := range found {
		ids[i] = s.ID
	}
	return nil, &result.Problem{
		Level:  result.Error,
		Text:   text.Untrustedf("planning: %d secrets are named %q: %s", len(found), found[0].Name, text.Few(ids, ", ", mostNamed)),
		Hint:   "delete or rename all but one of them in Microcks under Administration > Secrets, or set `secret-name`",
		Anchor: "secrets-ambiguous", ExitCode: 1,
	}
}

// DerivedID is the id that a secret of this name is created with.
func (w *WantedSecret) DerivedID() string { return microcks.DerivedID(microcks.SecretKind, w.Name) }

// secretFor plans the secret that a collection's importer can refer to, as if
// some importer did.
func (m *maker) secretFor(a *Artifact) *Secret {
	wanted := &a.Wanted.Secret
	if known := m.secrets[wanted.Name]; known != nil {
		return known
	}
	s := &Secret{Change: result.Keep, Comparable: true, Token: wanted.Token, Description: "Key for the Postman API, kept by " + program}
	if m.Repository != "" {
		s.Description += " for " + m.Repository
	}
	m.secrets[wanted.Name] = s
	m.Secrets = append(m.Secrets, s)
	there, refused := Pick(m.there.Secrets[wanted.Name], wanted.DerivedID())
	switch {
	case refused != nil:
		s.refused = refused
	case there == nil:
		s.Change = result.Create
		s.Ref = microcks.SecretRef{SecretID: wanted.DerivedID(), Name: wanted.Name}
		s.Fields = []result.FieldChange{
			{Field: result.FieldToken, Hidden: true},
			{Field: result.FieldTokenHeader, To: untrusted(microcks.TokenHeader)},
		}
	default:
		m.compareSecret(s, there, wanted)
	}
	return s
}

// compareSecret finds out what differs in a secret that is there.
func (m *maker) compareSecret(s *Secret, there *microcks.Secret, wanted *WantedSecret) {
	s.There = there
	s.Ref = microcks.SecretRef{SecretID: there.ID, Name: there.Name}
	seesTokens := m.there.Account == nil || m.there.Account.Has(microcks.Admin)
	s.Comparable = there.Token != nil || seesTokens
	if s.Comparable && value(there.Token) != wanted.Token.Reveal() {
		s.Fields = append(s.Fields, result.FieldChange{Field: result.FieldToken, Hidden: true})
	}
	if header := value(there.TokenHeader); !isTokenHeader(header) {
		change := result.FieldChange{Field: result.FieldTokenHeader, To: untrusted(microcks.TokenHeader)}
		if header != "" {
			change.From = untrusted(header)
		}
		s.Fields = append(s.Fields, change)
	}
	if len(s.Fields) == 0 {
		return
	}
	s.Change = result.Update
	if users := m.otherUsers(there.ID); len(users) > 0 && !wanted.Replace {
		s.refused = &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("planning: secret %q holds another token or header, and importers outside this run use it: %s",
				there.Name, text.Few(users, ", ", mostNamed)),
			Hint:   "set `secret-name` to a name of its own, or `allow: replace-secret` to change it for all of them",
			Anchor: "secret-shared", ExitCode: 1,
		}
	}
}

func isTokenHeader(header string) bool {
	return strings.EqualFold(strings.TrimSpace(header), microcks.TokenHeader)
}

// otherUsers names the importers outside this run that refer to a secret.
func (m *maker) otherUsers(secretID string) []string {
	var users []string
	for job := range m.importers.Using(secretID) {
		if !m.Made(job.Metadata) && !m.inRun()[job.ID] {
			users = append(users, fmt.Sprintf("%q (%s)", job.Name, job.ID))
		}
	}
	return users
}

// inRun are the ids of the importers of the wanted collections.
func (m *maker) inRun() map[string]bool {
	if m.wantedIDs == nil {
		m.wantedIDs = map[string]bool{}
		for _, w := range m.Wanted {
			for _, job := range m.importers.Of(w) {
				m.wantedIDs[job.ID] = true
			}
		}
	}
	return m.wantedIDs
}

// refer says that the collection's importer refers to its secret.
func (m *maker) refer(a *Artifact) *microcks.SecretRef {
	s := m.secretFor(a)
	s.used, a.Kept = true, s
	ref := s.Ref
	return &ref
}

// settleSecrets forgets the secrets that no importer refers to, and fails what
// needs one that it cannot have.
func (m *maker) settleSecrets() {
	m.Secrets = slices.DeleteFunc(m.Secrets, func(s *Secret) bool { return !s.used })
	for _, s := range m.Secrets {
		if s.refused == nil {
			continue
		}
		s.Change = result.Keep
		for _, a := range m.live() {
			if a.Kept == s {
				a.fail(s.refused)
			}
		}
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
