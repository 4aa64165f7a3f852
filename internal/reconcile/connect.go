package reconcile

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// connect finds out how to talk to Microcks, and lists what is there.
func (r *reconciliation) connect(ctx context.Context) error {
	defer close(r.listing)
	if err := r.open(ctx); err != nil {
		return err
	}
	r.list(ctx)
	return nil
}

// open makes the session known, or that there will be none.
func (r *reconciliation) open(ctx context.Context) (err error) {
	defer close(r.connected)
	r.session, err = r.signIn(ctx)
	return err
}

// signIn returns a server that a run can work with; nil with an error.
func (r *reconciliation) signIn(ctx context.Context) (*Session, error) {
	began := time.Now()
	session, err := r.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if session.Version.Before(1, 7, 0) {
		return nil, &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("connecting to Microcks: version %s cannot read the answers of the Postman API; 1.7.0 is the first that can",
				session.Version.Text),
			Hint:   "upgrade Microcks to 1.7.0 or newer",
			Anchor: "microcks-too-old", ExitCode: 14, Headline: "this Microcks is too old",
		}
	}
	server := &result.Server{URL: session.Microcks.Base(), Version: session.Version.Text}
	said := "Microcks " + session.Version.Text + ", no sign-in"
	if session.Account != nil {
		server.SignIn, server.Account = true, session.Account.Client
		for _, role := range session.Account.Roles {
			server.Roles = append(server.Roles, string(role))
		}
		said = fmt.Sprintf("Microcks %s, signed in as %s", session.Version.Text, session.Account.Client)
	}
	r.result.Server = server
	r.step("connect", nil, began, said)
	r.judgedBy(session.Version.Number())
	r.result.Problems = append(r.result.Problems, versionNotices(session)...)
	if session.UnusedAccount {
		r.result.Problems = append(r.result.Problems, unusedAccount)
	}
	if blind := plan.BlindAccount(session.Version, session.Account, r.Mode != result.Remove && r.Mode != result.Export); blind != nil {
		return nil, blind
	}
	return session, nil
}

// Services are listed when so many single look-ups would cost more, and up to
// as many as a run can hold.
const (
	fewServices  = 8
	mostServices = 50_000
)

// list begins to read the importers of the server, the secrets of the wanted
// names, and the services where that costs less than to look for each wanted
// one.
func (r *reconciliation) list(ctx context.Context) {
	began := time.Now()
	r.there = plan.Snapshot{
		Version: r.session.Version, Account: r.session.Account, Tenancy: r.session.Tenancy,
		Secrets: map[string][]microcks.Secret{}, Services: map[plan.Key]plan.Existing{},
	}
	r.lists.Go(crash.Caught(func() (err error) {
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		if r.there.Jobs, err = r.session.Microcks.Jobs(ctx); err != nil {
			return err
		}
		r.importers = plan.NewImporters(r.there.Jobs)
		r.maskImporters()
		r.step("read", nil, began, text.Plural(len(r.there.Jobs), "importer")+" on the server")
		return nil
	}))
	removes := r.Mode == result.Remove
	if r.listsServices() {
		r.lists.Go(crash.Caught(func() error { return r.listServices(ctx) }))
	}
	if removes {
		return
	}
	for _, wanted := range r.wantedSecrets() {
		r.lists.Go(crash.Caught(func() error {
			ctx, leave := r.room.Enter(ctx)
			defer leave()
			return r.readSecrets(ctx, wanted)
		}))
	}
}

// listsServices reports whether all services of the server are listed: what is left over
// of a manifest can be any of them.
func (r *reconciliation) listsServices() bool {
	return len(r.items) > fewServices || r.Mode == result.Remove || r.Mode == result.Export || r.Manifest != ""
}

func (r *reconciliation) listServices(ctx context.Context) error {
	ctx, leave := r.room.Enter(ctx)
	defer leave()
	services, complete, err := r.session.Microcks.Services(ctx, mostServices)
	if err == nil && complete {
		r.services = byKey(services)
	}
	return err
}

// listed waits for the lists.
func (r *reconciliation) listed(context.Context) error { return r.lists.Wait() }

// wantedSecrets are the secrets that the importers of this run can refer to, one
// of each name.
func (r *reconciliation) wantedSecrets() []*plan.WantedSecret {
	var all []*plan.WantedSecret
	for _, it := range r.items {
		known := func(s *plan.WantedSecret) bool { return s.Name == it.Wanted.Secret.Name }
		if it.Wanted.Secret.Token.Reveal() != "" && !slices.ContainsFunc(all, known) {
			all = append(all, &it.Wanted.Secret)
		}
	}
	return all
}

// readSecrets finds the wanted secret by its exact name, else by its derived id:
// somebody may have renamed it. Nothing else is read: an administrator's token
// would see every credential.
func (r *reconciliation) readSecrets(ctx context.Context, wanted *plan.WantedSecret) error {
	found, err := r.session.Microcks.SecretsNamed(ctx, wanted.Name)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		renamed, err := r.session.Microcks.Secret(ctx, wanted.DerivedID())
		if err != nil {
			return err
		}
		if renamed != nil {
			found = append(found, *renamed)
		}
	}
	r.guard.Lock()
	defer r.guard.Unlock()
	r.there.Secrets[wanted.Name] = found
	return nil
}

func byKey(services []microcks.Service) map[plan.Key][]microcks.Service {
	all := make(map[plan.Key][]microcks.Service, len(services))
	for _, s := range services {
		key := plan.Key{Name: s.Name, Version: s.Version}
		all[key] = append(all[key], s)
	}
	return all
}

// maskImporters tells the log to hide the credentials in the URLs of the
// importers that this run handles, before anything about them is said. Anybody
// who can sign in can write such a URL: a word of the inputs or of the importer
// itself is taken for no credential.
func (r *reconciliation) maskImporters() {
	left := mostMasked
	told := []string{r.session.Microcks.Base(), r.Repository, r.session.Version.Text}
	for _, it := range r.items {
		told = append(told, string(it.Wanted.Source), it.Wanted.URL, it.Wanted.Secret.Name, it.Wanted.ServiceVersion)
	}
	ofRun := strings.ToLower(strings.Join(told, " "))
	for _, it := range r.items {
		for _, job := range r.importers.Of(it.Wanted) {
			ofJob := ""
			maskURL(job.RepositoryURL, func(value string) {
				if left--; left < 0 {
					return
				}
				if ofJob == "" {
					ofJob = saidBy(&job)
				}
				if low := strings.ToLower(value); !strings.Contains(ofRun, low) && !strings.Contains(ofJob, low) {
					r.Mask(value)
				}
			})
		}
	}
}

// mostMasked values of URLs are looked at. Whoever writes more of them makes them, and
// no more than a hundred are masked.
const mostMasked = 1000

// saidBy are the words of an importer itself, as far as a person would read them.
func saidBy(job *microcks.ImportJob) string {
	const most = 64 << 10 // bytes
	said := job.ID + " " + job.Name
	for _, ref := range job.ServiceRefs[:min(100, len(job.ServiceRefs))] {
		said += " " + ref.Name + " " + ref.Version
		said = said[:min(most, len(said))]
	}
	return strings.ToLower(said[:min(most, len(said))])
}

// maskURL masks the credentials in a URL.
func maskURL(address string, mask func(string)) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if password, has := u.User.Password(); has {
		mask(password)
	}
	for key, values := range u.Query() {
		if !text.IsCredentialParameter(key) {
			continue
		}
		for _, value := range values {
			mask(value)
		}
	}
}

// unusedAccount tells of an account that nobody asked for: the workflow may mean
// another Microcks, or this one's sign-in may be off by mistake.
var unusedAccount = result.Problem{
	Level:  result.Note,
	Text:   "this Microcks wants no sign-in: the Keycloak account that the inputs give is not used, and whoever reaches it can change it",
	Hint:   "check that `microcks-url` is the right one and that its sign-in is meant to be off; if so, leave the Keycloak inputs out",
	Anchor: "keycloak-unused",
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
