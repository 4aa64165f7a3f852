package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/text"
)

// state is what a server held when the run read it.
type state struct {
	jobs     []microcks.ImportJob
	secrets  []microcks.Secret // candidates for the wanted one
	services map[serviceKey]*existing
}

type serviceKey struct{ name, version string }

// existing is what the server holds under one name and version.
type existing struct {
	services []microcks.Service // more than one is the server's own race
	view     *microcks.ServiceView
}

// read reads everything that the plan needs, before anything is written.
func (r *run) read(ctx context.Context) error {
	began := time.Now()
	r.state = &state{services: make(map[serviceKey]*existing)}
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(max(1, r.Parallelism))
	reads.Go(func() (err error) {
		r.state.jobs, err = r.session.Microcks.Jobs(ctx)
		return err
	})
	if r.Secret.Token != "" {
		reads.Go(func() (err error) {
			r.state.secrets, err = r.readSecrets(ctx)
			return err
		})
	}
	var guard sync.Mutex
	byName := make(map[string][]serviceKey)
	for _, it := range r.live() {
		key := serviceKey{it.alone.Name, it.alone.Version}
		if r.state.services[key] == nil {
			r.state.services[key] = &existing{}
			byName[key.name] = append(byName[key.name], key)
		}
	}
	for name, keys := range byName {
		reads.Go(func() error {
			found, err := r.session.Microcks.ServicesNamed(ctx, name)
			if err != nil {
				return err
			}
			for _, key := range keys {
				here, err := r.readExisting(ctx, found, key.version)
				if err != nil {
					return err
				}
				guard.Lock()
				r.state.services[key] = here
				guard.Unlock()
			}
			return nil
		})
	}
	if err := reads.Wait(); err != nil {
		return err
	}
	r.maskImporters(r.state.jobs)
	r.step("read", nil, began, fmt.Sprintf("%s on the server", text.Plural(len(r.state.jobs), "importer")))
	return nil
}

// readExisting picks one version among the services of a name and reads its
// examples, unless it exists twice: the server cannot show those.
func (r *run) readExisting(ctx context.Context, found []microcks.Service, version string) (*existing, error) {
	here := &existing{services: ofVersion(found, version)}
	if len(here.services) == 1 {
		view, err := r.session.Microcks.ServiceView(ctx, here.services[0].ID)
		if err != nil {
			return nil, err
		}
		here.view = view
	}
	return here, nil
}

func ofVersion(services []microcks.Service, version string) []microcks.Service {
	same := slices.DeleteFunc(slices.Clone(services), func(s microcks.Service) bool { return s.Version != version })
	slices.SortFunc(same, func(a, b microcks.Service) int { return strings.Compare(a.ID, b.ID) })
	return same
}

// readSecrets finds the wanted secret by its derived id and by its exact name.
// Nothing else is read: an administrator's token would see every credential.
func (r *run) readSecrets(ctx context.Context) ([]microcks.Secret, error) {
	var derived *microcks.Secret
	var named []microcks.Secret
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		derived, err = r.session.Microcks.Secret(ctx, r.secretID())
		return err
	})
	reads.Go(func() (err error) {
		named, err = r.session.Microcks.SecretsNamed(ctx, r.Secret.Name)
		return err
	})
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	if derived != nil && !slices.ContainsFunc(named, func(s microcks.Secret) bool { return s.ID == derived.ID }) {
		named = append(named, *derived)
	}
	return named, nil
}

func (r *run) secretID() string { return microcks.DerivedID(microcks.SecretKind, r.Secret.Name) }
