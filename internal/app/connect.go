package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// client makes an HTTP client as all of this program's are.
func (p *program) client(change func(*transport.Options)) (*http.Client, error) {
	options := transport.Options{
		UserAgent:     "postman-microcks-importer/" + Version,
		RootCAs:       p.CA,
		DeadlineInput: "timeout",
		Trace:         p.trace,
	}
	if change != nil {
		change(&options)
	}
	if p.change != nil {
		p.change(&options)
	}
	return transport.NewClient(options)
}

// microcksClient makes a client for Microcks: one that has what a gateway in front of it
// wants.
func (p *program) microcksClient(change func(*transport.Options)) (*http.Client, error) {
	gateway := &transport.Gateway{Origin: originOf(p.Microcks.URL), Headers: http.Header{}}
	for _, h := range p.Microcks.Headers {
		gateway.Headers.Add(h.Name, h.Value.Reveal())
	}
	if p.Microcks.ClientCertificate != nil {
		pair, err := tls.X509KeyPair(p.Microcks.ClientCertificate, []byte(p.Microcks.ClientKey.Reveal()))
		if err != nil {
			return nil, fmt.Errorf("reading the client certificate: %w", err)
		}
		gateway.Certificate = &pair
	}
	return p.client(func(o *transport.Options) {
		o.Gateway, o.Permanent = gateway, microcks.IsMissed
		if change != nil {
			change(o)
		}
	})
}

// trace logs retries as they happen, and in debug logs every request.
func (p *program) trace(x transport.Exchange) {
	outcome := http.StatusText(x.Status)
	if own, ok := errors.AsType[*transport.Error](x.Err); ok {
		outcome = own.Err.Error() // without method and address, with which the line begins
	} else if x.Err != nil {
		outcome = x.Err.Error()
	}
	p.voice.debug(fmt.Sprintf("%s %s: %d in %s, attempt %d: %s",
		x.Method, x.URL, x.Status, x.Duration.Round(time.Millisecond), x.Attempt, outcome))
	if x.Wait > 0 {
		p.voice.waiting(fmt.Sprintf("waiting %s before attempt %d of %d: %s %s: %s",
			x.Wait.Round(10*time.Millisecond), x.Attempt+1, x.Attempts, x.Method, x.URL, outcome))
	}
}

// sources are the Postman APIs that the collections of a run come from: a link
// can name the EU region. Each has a client of its own, so that the key is bound
// to it, and one without the key for collections that are read by access keys.
type sources struct {
	*program
	limiter *postman.Limiter // of all of them
	guard   sync.Mutex
	known   map[source]*postman.Client
}

type source struct {
	origin string
	keyed  bool // by the API key
}

// Collection implements reconcile.Postman.
func (s *sources) Collection(ctx context.Context, origin, uid string, accessKey text.Secret) (*postman.Collection, error) {
	client, err := s.at(source{origin, accessKey == ""})
	if err != nil {
		return nil, err
	}
	collection, err := client.Collection(ctx, uid, accessKey)
	if answer, ok := errors.AsType[*postman.APIError](err); ok && answer.Kind == postman.KindQuotaExhausted {
		s.limiter.Note(postman.Quota{Known: true}) // which not every answer says in a header
	}
	return collection, err
}

// Me implements reconcile.Postman.
func (s *sources) Me(ctx context.Context, origin string) (postman.Quota, error) {
	client, err := s.at(source{origin, true})
	if err != nil {
		return postman.Quota{}, err
	}
	quota, err := client.Me(ctx)
	s.limiter.Note(quota)
	return quota, err
}

// Listing implements resolve.Workspaces.
func (s *sources) Listing(ctx context.Context, origin, workspace string) ([]postman.Listed, error) {
	client, err := s.at(source{origin, true})
	if err != nil {
		return nil, err
	}
	return client.Listing(ctx, workspace)
}

// at is the client of a source.
func (s *sources) at(from source) (*postman.Client, error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	if client := s.known[from]; client != nil {
		return client, nil
	}
	client, err := s.client(func(o *transport.Options) {
		o.Permanent, o.Attempt = postman.IsMonthlyQuota, s.limiter.Around
		if !from.keyed {
			return
		}
		o.Credential = &transport.Credential{
			Origin: from.origin, Header: microcks.TokenHeader,
			Value: func(context.Context) (string, error) { return s.Postman.APIKey.Reveal(), nil },
		}
	})
	if err != nil {
		return nil, err
	}
	if s.known == nil {
		s.known = make(map[source]*postman.Client)
	}
	s.known[from] = postman.New(client, from.origin)
	return s.known[from], nil
}

// connect finds out how to talk to Microcks and signs in where it wants that.
func (p *program) connect(ctx context.Context) (*reconcile.Session, error) {
	plain, err := p.microcksClient(nil)
	if err != nil {
		return nil, err
	}
	open := microcks.New(plain, p.Microcks.URL)
	session, signIn, err := p.reach(ctx, open)
	if err != nil {
		return nil, &unconnected{microcksHeadline(err), err}
	}
	if !signIn.Enabled {
		session.UnusedAccount = p.Keycloak.ClientID != "" || p.Keycloak.Auth == config.AuthGitHubOIDC
		return session, nil
	}
	if err := p.signIn(ctx, session, open, signIn); err != nil {
		return nil, &unconnected{"the sign-in to Microcks failed", err}
	}
	return session, nil
}

// reach finds out whether Microcks is there, and how to sign in.
func (p *program) reach(ctx context.Context, open *microcks.Client) (*reconcile.Session, microcks.KeycloakConfig, error) {
	var signIn microcks.KeycloakConfig
	mocks, err := p.microcksClient(func(o *transport.Options) {
		o.Attempts, o.ErrorsWhole = 1, true // a saved 503 is an answer like any other
	})
	if err != nil {
		return nil, signIn, err
	}
	session := &reconcile.Session{Microcks: open, Mocks: microcks.NewMocks(mocks, p.Microcks.URL)}
	signIn, err = look(ctx, open, session)
	if err != nil && p.Microcks.MayBeStarting() && isStarting(err) {
		if err := p.awaitHealth(ctx, err); err != nil {
			return nil, signIn, err
		}
		signIn, err = look(ctx, open, session)
	}
	return session, signIn, err
}

// look asks the server for its version and how to sign in.
func look(ctx context.Context, open *microcks.Client, session *reconcile.Session) (signIn microcks.KeycloakConfig, err error) {
	var asking errgroup.Group
	var versionErr, signInErr error
	asking.Go(crash.Caught(func() error { session.Version, versionErr = open.Version(ctx); return nil }))
	asking.Go(crash.Caught(func() error { signIn, signInErr = open.KeycloakConfig(ctx); return nil }))
	broken := asking.Wait()
	// A server that is down fails both, and one error is enough.
	return signIn, cmp.Or(broken, versionErr, signInErr)
}

// signIn gives the session an account.
func (p *program) signIn(
	ctx context.Context, session *reconcile.Session, open *microcks.Client, keycloak microcks.KeycloakConfig,
) error {
	if slices.ContainsFunc(p.Microcks.Headers, func(h config.Header) bool { return h.Name == "Authorization" }) {
		return &config.HeaderAuthorizationError{}
	}
	root, err := p.Keycloak.At(keycloak.URL, keycloak.Realm)
	if err != nil {
		return err
	}
	realm := microcks.Realm{URL: root, Name: keycloak.Realm, Audience: p.Keycloak.Audience, Named: p.Keycloak.URL == ""}
	tokens, err := p.tokens(ctx, realm)
	if err != nil {
		return err
	}
	asking, askCtx := errgroup.WithContext(ctx)
	asking.Go(crash.Caught(func() error {
		token, err := tokens.Token()
		if err != nil {
			return err
		}
		account, err := microcks.ReadAccount(token.AccessToken)
		if err != nil {
			return err
		}
		session.Account = &account
		return nil
	}))
	asking.Go(crash.Caught(func() (err error) { session.Tenancy, err = open.RepositoryTenancy(askCtx); return err }))
	if err := asking.Wait(); err != nil {
		return err
	}
	client, err := p.microcksClient(func(o *transport.Options) {
		o.Credential = &transport.Credential{
			Origin: originOf(p.Microcks.URL), Header: "Authorization",
			Value: func(context.Context) (string, error) {
				token, err := tokens.Token()
				if err != nil {
					return "", err
				}
				return "Bearer " + token.AccessToken, nil
			},
		}
	})
	if err != nil {
		return err
	}
	session.Microcks = microcks.New(client, p.Microcks.URL)
	return nil
}

// mostToken bytes has an answer with a token.
const mostToken = 1 << 20

// tokens is where access tokens come from.
func (p *program) tokens(ctx context.Context, realm microcks.Realm) (oauth2.TokenSource, error) {
	if p.Keycloak.Auth == config.AuthGitHubOIDC {
		identity := microcks.WorkflowIdentity{
			RequestURL:   p.getenv("ACTIONS_ID_TOKEN_REQUEST_URL"),
			RequestToken: p.getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
		}
		if identity.RequestURL == "" || identity.RequestToken == "" {
			return nil, &microcks.NoWorkflowIdentityError{Fork: p.NoSecrets != ""}
		}
		github, err := p.client(func(o *transport.Options) {
			o.BodyLimit = mostToken
			o.Credential = &transport.Credential{
				Origin: originOf(identity.RequestURL), Header: "Authorization",
				Value: func(context.Context) (string, error) { return "Bearer " + identity.RequestToken, nil },
			}
		})
		if err != nil {
			return nil, err
		}
		// An assertion is taken once, so this client repeats no POST.
		keycloak, err := p.client(func(o *transport.Options) { o.BodyLimit = mostToken })
		if err != nil {
			return nil, err
		}
		return microcks.GitHubOIDCSource(ctx, github, keycloak, identity, realm, p.runner.Mask), nil
	}
	secret := p.Keycloak.ClientSecret.Reveal()
	if p.Keycloak.ClientID == "" || secret == "" {
		return nil, &microcks.NoCredentialsError{Realm: realm, Fork: p.NoSecrets != ""}
	}
	keycloak, err := p.client(func(o *transport.Options) { o.RetryPOST, o.BodyLimit = true, mostToken })
	if err != nil {
		return nil, err
	}
	return microcks.ClientSecretSource(ctx, keycloak, realm, p.Keycloak.ClientID, secret, p.runner.Mask), nil
}

// isStarting reports whether a look failed as it does while a server, or the network
// that it is in, starts.
func isStarting(err error) bool {
	if answer, ok := errors.AsType[*microcks.APIError](err); ok {
		return answer.Gateway()
	}
	none, ok := errors.AsType[*transport.Error](err)
	return ok && slices.Contains([]transport.Kind{
		transport.KindRefused, transport.KindDNS, transport.KindReset, transport.KindTimeout,
	}, none.Kind)
}

// How a server that may be starting along is waited for.
const (
	longestStart = 60 * time.Second // or a fifth of the run's time, where that is less
	lookAgain    = 2 * time.Second
	tellAgain    = 10 * time.Second
)

// awaitHealth waits until the server is healthy. last is how a look at it failed: a
// look that the end of the waiting cuts off tells less.
func (p *program) awaitHealth(ctx context.Context, last error) error {
	patient, err := p.microcksClient(func(o *transport.Options) { o.Attempts = 1 })
	if err != nil {
		return err
	}
	open := microcks.New(patient, p.Microcks.URL)
	limit := min(longestStart, p.Timeout/5)
	began, told := time.Now(), time.Time{}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := open.Health(limited)
		if err == nil {
			return nil
		}
		if limited.Err() == nil {
			last = err
		}
		if time.Since(told) >= tellAgain {
			told = time.Now()
			p.voice.waiting(fmt.Sprintf("connect  waiting for Microcks, %s of %s: %v", time.Since(began).Round(time.Second), limit, last))
		}
		timer := time.NewTimer(lookAgain)
		select {
		case <-limited.Done():
			timer.Stop()
			if ctx.Err() != nil {
				return err // the run itself has ended
			}
			return &unhealthyError{limit, last}
		case <-timer.C:
		}
	}
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
