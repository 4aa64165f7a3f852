package reconcile

import (
	"context"
	"slices"
	"sort"
	"time"

	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// readFiles reads the collections of the repository that are to be removed: what is in
// them says which services they made.
func (r *reconciliation) readFiles(ctx context.Context) error {
	files := slices.DeleteFunc(slices.Clone(r.items), func(it *item) bool { return it.Wanted.File == "" })
	far := r.begin("fetch", len(files))
	parallel(r, files, func(it *item) {
		defer far()
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		source, err := r.File(ctx, it.Wanted.File)
		if err != nil {
			it.Fail(err)
			return
		}
		r.judge(ctx, it, source, predict.Options{Version: r.session.Version.Number()})
	}, func(it *item, broken error) { it.judged = nil; it.Fail(broken) })
	var judged []plan.Judged
	var of []*item
	for _, it := range r.live() {
		if it.judged != nil {
			judged, of = append(judged, *it.judged), append(of, it)
		}
	}
	tellApart(judged)
	for i, it := range of {
		it.judged = &judged[i]
	}
	return nil
}

// uploaded are the services that uploads of a collection by this repository's runs made
// or added examples to. Others are named and left, and so are those that they made where
// removing services was not asked for.
func (r *reconciliation) uploaded(ctx context.Context, it *item) (mine []microcks.Service, err error) {
	found, err := r.servicesOf(ctx, it)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if !it.Uploads() && !r.Made(s.Metadata) {
			continue // an importer may have made it
		}
		switch why, hint, err := r.stays(ctx, it, &s); {
		case err != nil:
			return nil, err
		case why != "":
			it.Tell(result.Warning, "service-foreign", why, hint)
		default:
			mine = append(mine, s)
		}
	}
	return mine, nil
}

// servicesOf are the services that a collection makes: for a file that of its name and
// version, since copies of a file have one identity; for a uid, all that come from it.
func (r *reconciliation) servicesOf(ctx context.Context, it *item) (found []microcks.Service, err error) {
	if it.judged != nil {
		found, _, err = converge.FindService(ctx, r.session.Microcks, it.judged.Key)
		return found, err
	}
	for _, services := range r.services {
		for _, s := range services {
			if it.Wanted.UID != "" && s.SourceArtifact == it.Wanted.UID {
				found = append(found, s)
			}
		}
	}
	sort.Slice(found, func(i, k int) bool { return found[i].ID < found[k].ID })
	return found, nil
}

// stays says why a service is not deleted with the collection that was uploaded to it;
// "" where it is.
func (r *reconciliation) stays(ctx context.Context, it *item, s *microcks.Service) (why, hint text.Untrusted, err error) {
	const byHand = "delete it by hand in Microcks if nobody needs it"
	made, feeder := r.Made(s.Metadata), r.otherFeeder(it, s.ID)
	switch {
	case made && feeder != nil:
		return text.Untrustedf("service %s %s is also fed by importer %q (%s): it stays", s.Name, s.Version, feeder.Name, feeder.ID),
			"delete that importer, too, if nobody needs the service", nil
	case made && !r.RemoveServices:
		return text.Untrustedf("service %s %s stays, with its mocks", s.Name, s.Version), "set `allow: remove-services` to delete it", nil
	}
	from, err := r.artifactsOf(ctx, s)
	if err != nil {
		return "", "", err
	}
	others := slices.DeleteFunc(slices.Clone(from), r.uploads)
	switch {
	case !made && len(others) < len(from): // which are taken back
		return "", "", nil
	case !made:
		return text.Untrustedf("service %s %s has no labels that say that this repository's runs made it: it stays", s.Name, s.Version),
			byHand, nil
	}
	others = slices.DeleteFunc(others, func(artifact string) bool { return artifact == s.SourceArtifact })
	if len(others) > 0 {
		return text.Untrustedf("service %s %s also has examples of another artifact, %q: it stays", s.Name, s.Version, others[0]), byHand, nil
	}
	return "", "", nil
}

// artifactsOf are the artifacts that a service's examples come from.
func (r *reconciliation) artifactsOf(ctx context.Context, s *microcks.Service) (all []string, err error) {
	view, err := r.session.Microcks.ServiceView(ctx, s.ID)
	if err != nil || view == nil {
		return nil, err
	}
	return artifactsIn(view), nil
}

func artifactsIn(view *microcks.ServiceView) (all []string) {
	for _, messages := range view.Messages {
		for _, m := range messages {
			if of := m.Request.SourceArtifact; !slices.Contains(all, of) {
				all = append(all, of)
			}
		}
	}
	slices.Sort(all)
	return all
}

// uploads reports whether an artifact is one of this run's collections.
func (r *reconciliation) uploads(artifact string) bool {
	return slices.ContainsFunc(r.items, func(it *item) bool {
		return it.judged != nil && it.judged.ArtifactName(r.Owner) == artifact || predict.SameArtifact(artifact, it.Wanted.UID)
	})
}

// removeUploaded deletes services that uploads of a collection made, and takes its
// examples back from those of others.
func (r *reconciliation) removeUploaded(ctx context.Context, it *item, services []microcks.Service) error {
	for _, s := range services {
		if it.Importer != nil && r.gone(ctx, &s) == nil {
			continue // with the importer
		}
		if it.Way() == nil {
			it.Upload = &result.Upload{Artifact: text.Untrusted(s.SourceArtifact), Way: result.Way{MainArtifact: true, Change: result.Delete}}
		}
		r.noteItem(it, false, true)
		if !r.Made(s.Metadata) {
			if err := r.takeBack(ctx, it, &s); err != nil {
				return err
			}
			continue
		}
		if err := r.removeService(ctx, it, &s); err != nil {
			return err
		}
	}
	return nil
}

// takeBack takes back the examples that uploads of a collection added to a service of
// others: by an upload of the same artifact that has none.
func (r *reconciliation) takeBack(ctx context.Context, it *item, s *microcks.Service) error {
	it.Upload.Artifact, it.Upload.MainArtifact = text.Untrusted(it.artifactName(r.Owner)), false
	began := time.Now()
	empty := (&plan.Service{Key: plan.Key{Name: s.Name, Version: s.Version}}).Emptied()
	err := crash.Caught(func() error {
		_, err := r.session.Microcks.Upload(ctx, string(it.Upload.Artifact), empty, false)
		return err
	})()
	deed := result.Done{Kind: result.UploadTakenBack}
	switch {
	case err == nil:
		r.changed.Store(true)
		var left []string
		if left, err = r.artifactsOf(ctx, s); slices.Contains(left, string(it.Upload.Artifact)) {
			err = &result.Problem{
				Level: result.Error, Text: text.Untrustedf("taking back what was uploaded to service %s %s: its examples are still there",
					s.Name, s.Version),
				Hint: "another run may upload them at the same time: run again", Anchor: "service-contended", ExitCode: 12,
			}
		}
	case microcks.MayBeDone(err):
		r.changed.Store(true)
		deed = result.Done{Kind: result.ChangeInDoubt}
	default:
		return err
	}
	it.Upload.Done = append(it.Upload.Done, deed)
	r.noteItem(it, false, true)
	r.Log.Did("remove", string(it.title()), deed, time.Since(began))
	return err
}

// artifactName is by what Microcks knows uploads of the collection.
func (it *item) artifactName(owner plan.Owner) string {
	if it.judged == nil {
		return it.Wanted.UID
	}
	return it.judged.ArtifactName(owner)
}
