package converge

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Server is what converging needs of a Microcks server.
type Server interface {
	SecretsNamed(ctx context.Context, name string) ([]microcks.Secret, error)
	CreateSecret(ctx context.Context, secret *microcks.Secret) error
	UpdateSecret(ctx context.Context, secret *microcks.Secret) error
	Job(ctx context.Context, id string) (*microcks.ImportJob, error)
	SaveJob(ctx context.Context, job *microcks.ImportJob) (*microcks.ImportJob, error)
	StartJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	ActivateJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	StopJob(ctx context.Context, id string) (*microcks.ImportJob, error)
	DeleteJob(ctx context.Context, id string) error
	// Upload imports a document under a file's name, and returns Name:Version of the
	// service that it made.
	Upload(ctx context.Context, name string, document []byte, main bool) (service string, err error)
	Services
	// Resources are the documents of which a service was made.
	Resources(ctx context.Context, serviceID string) ([]microcks.Resource, error)
	SetServiceMetadata(ctx context.Context, id string, metadata *microcks.Metadata) error
	DeleteService(ctx context.Context, id string) error
}

// Services of a server, for reading.
type Services interface {
	ServicesNamed(ctx context.Context, name string) ([]microcks.Service, error)
	ServiceView(ctx context.Context, id string) (*microcks.ServiceView, error)
	ServiceOf(ctx context.Context, name, version string) (*microcks.ServiceView, error)
}

// observe looks at what the goal is about: the importer by its id, and its
// service where that counts.
func (c *convergence) observe(ctx context.Context) (observation, error) {
	g := c.goal
	ctx, leave := c.Room.Enter(ctx)
	defer leave()
	seen := observation{}
	reads, readCtx := errgroup.WithContext(ctx)
	if g.Secret != nil && c.looksAtSecret() {
		reads.Go(crash.Caught(func() (err error) {
			seen.secret, err = FindSecret(readCtx, c.Server, g.Secret.Ref.Name, g.Secret.Ref.SecretID)
			return err
		}))
	}
	if id := g.importerID(); id != "" {
		reads.Go(crash.Caught(func() (err error) {
			seen.job, err = c.Server.Job(readCtx, id)
			return err
		}))
	}
	if g.looksAtService(c.memory) {
		reads.Go(crash.Caught(func() error { return c.lookAtService(readCtx, &seen) }))
	}
	if err := reads.Wait(); err != nil {
		return observation{}, err
	}
	return seen, nil
}

// looksAtSecret reports whether the next look takes in the secret: one that was
// not there a moment ago, or was written with an answer, is not read again.
func (c *convergence) looksAtSecret() bool {
	m := c.memory
	return !m.written && (c.goal.Secret.There != nil || m.lost > 0)
}

func (g Goal) importerID() string {
	switch {
	case g.Gone != nil:
		return g.Gone.ID
	case g.Idle != nil:
		return g.Idle.ID
	case g.Importer != nil:
		return g.Importer.ID
	}
	return ""
}

// FindSecret finds a secret by its id among those of its name, else the only one
// of the name. Others are not read: an administrator would see every team's
// credentials.
func FindSecret(ctx context.Context, server Server, name, id string) (*microcks.Secret, error) {
	found, err := server.SecretsNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	secret, problem := plan.Pick(found, id)
	if problem != nil {
		return nil, problem
	}
	return secret, nil
}

// lookAtService reads the service of the goal and finds out whether it is there
// once.
func (c *convergence) lookAtService(ctx context.Context, seen *observation) (err error) {
	seen.looked = true
	find := FindService
	if c.memory.doubt { // only a search shows all of them
		find = search
	}
	if seen.services, seen.view, err = find(ctx, c.Server, c.goal.Service.Key); err != nil {
		return err
	}
	if seen.served, err = Digest(ctx, seen.services, seen.view, c.Keep); seen.view != nil {
		bare := seen.view.Service
		bare.Operations = nil
		seen.view = &microcks.ServiceView{Service: bare} // the rest is much
	}
	return err
}

// BoundTo is the id of the service of that name and version that an importer
// refers to, "" when there is none.
func BoundTo(job *microcks.ImportJob, key plan.Key) string {
	for _, ref := range job.ServiceRefs {
		if ref.Name == key.Name && ref.Version == key.Version {
			return ref.ServiceID
		}
	}
	return ""
}

// FindService finds the services of a name and version, and reads the one when
// it is there once. One look-up answers both, unless the answer is not as
// expected (500 where it is there twice, and on servers before 1.13.0 where it
// is absent) or the name has characters that the look-up misreads: then it
// searches, which walks all services of the server.
func FindService(ctx context.Context, server Services, key plan.Key) ([]microcks.Service, *microcks.ServiceView, error) {
	if !plainKey(key) {
		return search(ctx, server, key)
	}
	view, err := server.ServiceOf(ctx, key.Name, key.Version)
	switch {
	case err != nil && !isServerError(err):
		return nil, nil, err
	case err == nil && view == nil:
		return nil, nil, nil
	case err == nil && view.Service.Name == key.Name && view.Service.Version == key.Version:
		return OfVersion([]microcks.Service{view.Service}, key.Version), view, nil
	}
	return search(ctx, server, key)
}

func search(ctx context.Context, server Services, key plan.Key) ([]microcks.Service, *microcks.ServiceView, error) {
	found, err := server.ServicesNamed(ctx, key.Name)
	if err != nil {
		return nil, nil, err
	}
	services := OfVersion(found, key.Version)
	if len(services) != 1 {
		return services, nil, nil
	}
	// Another run may be healing: a service that cannot be read now is read
	// again when it counts.
	view, _ := server.ServiceView(ctx, services[0].ID)
	return services, view, ctx.Err()
}

// plainKey reports whether a server's look-up by name and version finds the
// service: it splits at the first colon and reads a plus as a space. The two stand
// in the path, in which a gateway may decode and resolve them.
func plainKey(key plan.Key) bool {
	return !strings.ContainsAny(key.Name+key.Version, ":+") && key.Version != "" && !text.HasDotSegment(key.Name+":"+key.Version)
}

// OfVersion are the services of one version, the oldest first, without their operations.
func OfVersion(services []microcks.Service, version string) []microcks.Service {
	same := slices.DeleteFunc(slices.Clone(services), func(s microcks.Service) bool { return s.Version != version })
	for i := range same {
		same[i].Operations = nil
	}
	sort.Slice(same, func(i, j int) bool { return same[i].ID < same[j].ID })
	return same
}

func (o observation) serviceID() string {
	if o.view == nil {
		return ""
	}
	return o.view.Service.ID
}

// act does what a step says.
func (c *convergence) act(ctx context.Context, s step) answer {
	switch s.kind {
	case WriteSecret:
		if s.isNew {
			return s.came(c.Server.CreateSecret(ctx, s.secret))
		}
		return s.came(c.Server.UpdateSecret(ctx, s.secret))
	case Create, Save:
		_, err := c.Server.SaveJob(ctx, s.job)
		return s.came(err)
	case Remove:
		return s.came(c.Server.DeleteJob(ctx, s.job.ID))
	case Heal:
		return c.heal(ctx, s.doomed)
	case Start:
		told := c.tellWhile("Microcks is importing")
		defer told()
		job, err := c.Server.StartJob(ctx, c.goal.Importer.ID)
		return answer{job: job, err: err}
	case Upload:
		told := c.tellWhile("Microcks is importing the upload")
		defer told()
		made, err := c.Server.Upload(ctx, c.goal.Upload.Name, c.goal.Upload.Document(), c.goal.Upload.Main)
		return answer{made: made, err: err}
	case TakeBack:
		_, err := c.Server.Upload(ctx, s.artifact, c.goal.Service.Emptied(), false)
		return s.came(err)
	case Compare:
		return c.compare(ctx)
	case Sweep:
		return c.sweep(ctx)
	case Switch:
		call := c.Server.StopJob
		if s.active {
			call = c.Server.ActivateJob
		}
		_, err := call(ctx, c.goal.importerID())
		if api, is := errors.AsType[*microcks.APIError](err); is && api.Status == http.StatusNotFound && c.goal.Idle != nil {
			return answer{} // another run has deleted it, if it is not a proxy that says so
		}
		return s.came(err)
	case Stop:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
		defer cancel()
		_, err := c.Server.StopJob(ctx, c.goal.Importer.ID)
		return s.came(err)
	case Label:
		return s.came(c.Server.SetServiceMetadata(ctx, c.seen.serviceID(), s.labels))
	case Await:
		c.log.Step("import", "the import is still running", 0)
	case Appear:
		if c.memory.waits == 1 {
			c.log.Step("apply", "the importer does not show yet what was saved, looking again", 0)
		}
	case LookAgain:
		if c.memory.counts[LookAgain] > looks.alone && c.goal.lacking(c.seen.served) {
			c.log.Step("verify", "examples are missing: another import may be at it, looking again", 0)
		}
	}
	return answer{}
}

// lastWord is how long a stop may take when the run is out of time: a runner
// kills 2.5 s after SIGTERM, and the report is still to be written.
const lastWord = 1500 * time.Millisecond

// came is what came of a step of one write.
func (s step) came(err error) answer {
	if err != nil {
		return answer{err: err}
	}
	return answer{done: []result.Done{s.deed()}}
}

// deed is what a step of one write does.
func (s step) deed() result.Done {
	kinds := map[Kind]result.DoneKind{
		WriteSecret: result.SecretUpdated, Create: result.ImporterCreated, Save: result.ImporterUpdated, Remove: result.ImporterDeleted,
		Switch: result.ImporterDeactivated, Stop: result.ImporterStopped, Label: result.ServiceLabelled,
		Upload: result.CollectionUploaded, TakeBack: result.UploadTakenBack,
	}
	d := result.Done{Kind: kinds[s.kind]}
	switch {
	case s.kind == WriteSecret:
		d.ID, d.Name = s.secret.ID, text.Untrusted(s.secret.Name)
		if s.isNew {
			d.Kind = result.SecretCreated
		}
	case s.kind == Remove:
		d.ID = s.job.ID
	case s.kind == Switch && s.active:
		d.Kind = result.ImporterActivated
	}
	return d
}

// compare finds out whose upload a service was made of, where it is not as ours makes
// it. A server that does not tell has nothing to add.
func (c *convergence) compare(ctx context.Context) answer {
	resources, err := c.Server.Resources(ctx, c.seen.serviceID())
	if err != nil || len(resources) == 0 {
		return answer{}
	}
	return answer{whose: whose(resources, c.goal.Upload)}
}

// sweep finds the main artifacts of others that this run's upload took the service from:
// they had found it missing, as this run had. A secondary artifact of others stays.
func (c *convergence) sweep(ctx context.Context) answer {
	resources, err := c.Server.Resources(ctx, c.seen.serviceID())
	if err != nil {
		return answer{}
	}
	var o answer
	for _, r := range resources {
		if r.Main && plan.IsUpload(r.SourceArtifact) && !c.goal.Service.Imports(r.SourceArtifact) {
			o.left = append(o.left, r.SourceArtifact)
		}
	}
	return o
}

// whose upload is served.
func whose(resources []microcks.Resource, ours *plan.Upload) served {
	document := string(ours.Document())
	of := nobodys
	for _, r := range resources {
		switch {
		case r.SourceArtifact == ours.Name && r.Content == document:
			return nobodys // what it makes is in question, not whose it is
		case r.SourceArtifact == ours.Name:
			of = aLaterOne
		case r.Content == document && of == nobodys:
			of = mixedUp
		}
	}
	return of
}

func (c *convergence) heal(ctx context.Context, doomed []microcks.Service) answer {
	var o answer
	for _, s := range doomed {
		if o.err = c.Server.DeleteService(ctx, s.ID); o.err != nil {
			return o
		}
		o.done = append(o.done, deleted(s))
	}
	return o
}

func deleted(doubled microcks.Service) result.Done {
	return result.Done{Kind: result.DoubledServiceDeleted, ID: doubled.ID}
}

// tellWhile says every few seconds that something still goes on, until the
// function that it returns is called.
func (c *convergence) tellWhile(what string) (stop func()) {
	began := time.Now()
	done := make(chan struct{})
	tell := func() error {
		ticker := time.NewTicker(5 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return nil
			case <-ticker.C:
				c.log.Step("import", what, time.Since(began))
			}
		}
	}
	go func() { _ = crash.Caught(tell)() }() // nothing depends on it
	return func() { close(done) }
}
