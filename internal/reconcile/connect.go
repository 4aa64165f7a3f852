package reconcile

import (
	"context"
	"fmt"
	"time"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// connect finds out how to talk to Microcks.
func (r *run) connect(ctx context.Context) ([]result.Problem, error) {
	began := time.Now()
	session, err := r.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if session.Version.Before(1, 7, 0) {
		return nil, &result.Problem{Level: result.Error,
			Text:   text.Untrustedf("connecting to Microcks: version %s cannot read the answers of the Postman API; 1.7.0 is the first that can", session.Version.Text),
			Hint:   "upgrade Microcks to 1.7.0 or newer",
			Anchor: "microcks-too-old", ExitCode: 14,
		}
	}
	r.session = session
	server := &result.Server{URL: session.Microcks.Base(), Version: session.Version.Text}
	text := "Microcks " + session.Version.Text + ", no sign-in"
	if session.Account != nil {
		server.SignIn, server.Account = true, session.Account.Client
		for _, role := range session.Account.Roles {
			server.Roles = append(server.Roles, string(role))
		}
		text = fmt.Sprintf("Microcks %s, signed in as %s", session.Version.Text, session.Account.Client)
	}
	r.result.Server = server
	r.step("connect", nil, began, text)
	return versionNotices(session), r.refuseBlindAccount()
}

// versionNotices name what an old server does that its owner should know. Who
// can sign in sees what it shows, so without a sign-in there is nothing to add.
func versionNotices(session *Session) []result.Problem {
	where := ""
	switch {
	case session.Account == nil:
	case session.Version.Before(1, 12, 1):
		where = "lists and searches"
	case session.Version.Before(1, 15, 0):
		where = "searches"
	}
	if where == "" {
		return nil
	}
	return []result.Problem{{
		Level:  result.Note,
		Text:   text.Untrustedf("Microcks %s shows the tokens of secrets in %s to every account that can sign in", session.Version.Text, where),
		Hint:   "upgrade to 1.15.0, or use a Postman key of an account that sees nothing but these collections",
		Anchor: "secrets-readable",
	}}
}
