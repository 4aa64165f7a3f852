// Package faults has tests alone. Whatever fails on the way, and whoever else is
// at work: does a run tell the truth, and the next one finish the work?
package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// scenario is one run together with what it finds.
type scenario struct {
	name   string
	signIn signIn
	// there makes what is there before, by earlier runs or by hand.
	there  func(context.Context, *virtual)
	inputs map[string]string
	// services are the services that the run's collections make, as "name
	// version: operations".
	services []string
	// written is how many requests an undisturbed run writes with.
	written int
}

const (
	harbour    = "Harbour API"
	secretName = "Postman API key for harbour/api"
	handMadeID = "0123456789abcdef01234567"
	teamSecret = "fedcba9876543210fedcba98"
)

// one are the inputs for the collection of all scenarios with one.
func one(more ...string) map[string]string {
	inputs := map[string]string{"INPUT_COLLECTIONS": world.UID(1)}
	for i := 0; i < len(more); i += 2 {
		inputs["INPUT_"+more[i]] = more[i+1]
	}
	return inputs
}

// two are the inputs for two collections.
func two() map[string]string {
	return map[string]string{"INPUT_COLLECTIONS": world.UID(1) + "\n" + world.UID(2)}
}

// servedByPostman puts the collection into Postman, and nothing into Microcks.
func servedByPostman(_ context.Context, v *virtual) { v.collection(1, harbour, "1.0", 2) }

// imported is after a first run.
func imported(ctx context.Context, v *virtual) {
	servedByPostman(ctx, v)
	v.mustRun(ctx, one())
}

func (v *virtual) mustRun(ctx context.Context, inputs map[string]string) {
	if e := v.run(ctx, inputs); e.code != 0 {
		panic(fmt.Sprintf("a run that only prepares the scene ended with %d:\n%s", e.code, e.said))
	}
}

func canonical(n int) string { return "https://api.getpostman.com/collections/" + world.UID(n) }

// scenarios are the kinds of runs there are.
func scenarios() []scenario {
	signedIn := []scenario{
		{name: "first run", there: servedByPostman, inputs: one(), services: []string{harbour + " 1.0: 2"}, written: 3},
		{name: "unchanged", there: imported, inputs: one(), services: []string{harbour + " 1.0: 2"}},
		{name: "changed collection", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			v.collection(1, harbour, "1.0", 3)
		}, inputs: one(), services: []string{harbour + " 1.0: 3"}, written: 1},
		{name: "new key", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			old := v.Microcks.Secrets()[1]
			old.Token, old.Username, old.CACertPem, old.Description = foreignToken, "harbour-master", "-----BEGIN CERTIFICATE-----", "keep me"
			v.Microcks.AddSecret(old)
		}, inputs: one(), services: []string{harbour + " 1.0: 2"}, written: 1},
	}
	for i := range signedIn { // which sends the same requests and a few more
		signedIn[i].name += ", signed in"
		signedIn[i].signIn = clientWithSecret
	}
	return append(signedIn,
		scenario{
			name: "unchanged, signed in by GitHub", signIn: workflowToken, there: imported, inputs: one(),
			services: []string{harbour + " 1.0: 2"},
		},
		scenario{
			name: "first run, inactive", there: servedByPostman, inputs: one("ACTIVE", "false"),
			services: []string{harbour + " 1.0: 2"}, written: 4,
		},
		scenario{
			name: "importer changed", there: imported, inputs: one("LABELS", "team=docks", "IMPORTER-NAME", "Docks", "ACTIVE", "false"),
			services: []string{harbour + " 1.0: 2"}, written: 3,
		},
		scenario{name: "new version, labelled", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			v.collection(1, harbour, "2.0", 2)
		}, inputs: one("LABELS", "domain=docks"), services: []string{harbour + " 1.0: 2", harbour + " 2.0: 2"}, written: 3},
		scenario{name: "adopted importer", there: func(ctx context.Context, v *virtual) {
			servedByPostman(ctx, v)
			v.Microcks.AddSecret(microcks.Secret{
				ID: teamSecret, Name: "team", Token: postman.DefaultAPIKey, TokenHeader: "x-api-key",
				Username: "harbour-master", CACertPem: "-----BEGIN CERTIFICATE-----", Description: "of the team",
			})
			v.Microcks.AddJob(microcks.Job{
				ID: handMadeID, Name: "by hand", RepositoryURL: canonical(1), MainArtifact: true, Active: true,
				Frequency: "0 0 * * *", CreatedDate: 1700000000000,
				SecretRef: microcks.SecretRef{SecretID: teamSecret, Name: "team"},
				Metadata:  microcks.Metadata{Labels: map[string]string{"owner": "pilots"}, Annotations: map[string]string{"note": "do not touch"}},
			})
		}, inputs: one("LABELS", "team=docks"), services: []string{harbour + " 1.0: 2"}, written: 3},
		scenario{name: "service twice", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			twin := v.Microcks.Services()[1]
			twin.ID = ""
			v.Microcks.AddService(twin)
		}, inputs: one(), services: []string{harbour + " 1.0: 2"}, written: 2},
		scenario{name: "surplus importer", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			twin := v.jobOf(1)
			twin.ID = "aaaaaaaaaaaaaaaaaaaaaaaa"
			v.Microcks.AddJob(twin)
		}, inputs: one(), services: []string{harbour + " 1.0: 2"}, written: 1},
		scenario{name: "main and secondary", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			v.collection(2, harbour, "1.0", 2)
			v.mustRun(ctx, map[string]string{"INPUT_COLLECTIONS": world.UID(2), "INPUT_MAIN-ARTIFACT": "false"})
			v.collection(1, harbour, "1.0", 3)
		}, inputs: two(), services: []string{harbour + " 1.0: 3"}, written: 2},
		scenario{name: "two collections", there: func(ctx context.Context, v *virtual) {
			servedByPostman(ctx, v)
			v.collection(2, "Ferries API", "0.3", 1)
		}, inputs: two(), services: []string{"Ferries API 0.3: 1", harbour + " 1.0: 2"}, written: 5},
		scenario{
			name: "first upload", there: servedByPostman, inputs: one("DELIVERY", "upload"),
			services: []string{harbour + " 1.0: 2"}, written: 2,
		},
		scenario{name: "changed upload", there: func(ctx context.Context, v *virtual) {
			servedByPostman(ctx, v)
			v.mustRun(ctx, one("DELIVERY", "upload"))
			v.collection(1, harbour, "1.0", 3)
		}, inputs: one("DELIVERY", "upload"), services: []string{harbour + " 1.0: 3"}, written: 2},
		scenario{name: "upload in place of an importer", there: func(ctx context.Context, v *virtual) {
			imported(ctx, v)
			v.collection(1, harbour, "1.0", 3)
		}, inputs: one("DELIVERY", "upload"), services: []string{harbour + " 1.0: 3"}, written: 4},
		scenario{name: "upload removed", there: func(ctx context.Context, v *virtual) {
			servedByPostman(ctx, v)
			v.mustRun(ctx, one("DELIVERY", "upload"))
		}, inputs: one("MODE", "remove", "DELIVERY", "upload", "ALLOW", "remove-services"), written: 1},
		scenario{name: "removed", there: imported, inputs: one("MODE", "remove", "ALLOW", "remove-services"), written: 2},
	)
}

// foreign adds objects that no run may touch.
func (v *virtual) foreign() {
	v.Microcks.AddSecret(microcks.Secret{
		ID: "cccccccccccccccccccccccc", Name: secretName + " (old)", Token: foreignToken, Password: foreignPassword, Username: "other",
	})
	service := v.Microcks.AddService(microcks.Service{Service: predict.Service{
		Name: harbour + " (old)", Version: "1.0", SourceArtifact: "harbour.yaml",
		Operations: []predict.Operation{{Name: "GET /old", Method: "GET"}},
	}})
	v.Microcks.AddJob(microcks.Job{
		ID: "dddddddddddddddddddddddd", Name: harbour, RepositoryURL: "https://example.com/harbour.yaml", MainArtifact: true, Frequency: "daily",
		Metadata:    microcks.Metadata{Labels: map[string]string{"managed-by": "postman-microcks-importer"}},
		ServiceRefs: []microcks.ServiceRef{{ServiceID: service, Name: harbour + " (old)", Version: "1.0"}},
	})
}

// foreignOf are those of a state's objects.
func foreignOf(s server) server {
	return server{
		Jobs:     slices.DeleteFunc(slices.Clone(s.Jobs), func(j microcks.Job) bool { return j.ID != "dddddddddddddddddddddddd" }),
		Secrets:  slices.DeleteFunc(slices.Clone(s.Secrets), func(o microcks.Secret) bool { return o.ID != "cccccccccccccccccccccccc" }),
		Services: slices.DeleteFunc(slices.Clone(s.Services), func(o microcks.Service) bool { return o.Name != harbour+" (old)" }),
	}
}

// jobOf is the importer of a collection.
func (v *virtual) jobOf(n int) microcks.Job {
	jobs := v.Microcks.Jobs()
	return jobs[slices.IndexFunc(jobs, func(j microcks.Job) bool { return strings.HasSuffix(j.RepositoryURL, world.UID(n)) })]
}

// latency of a request. Without any, two imports would have the same date.
const latency = 10 * time.Millisecond

// world makes the world of the scenario.
func (s scenario) world(ctx context.Context) *virtual {
	v := newVirtual(s.signIn, latency)
	v.foreign()
	s.there(ctx, v)
	maps.Copy(v.inputs, s.inputs)
	v.forget()
	return v
}

// again makes a copy of a world of this scenario, some time later.
func (s scenario) again(first *virtual) *virtual {
	v := newVirtual(s.signIn, latency)
	v.fill(first)
	time.Sleep(time.Hour)
	return v
}

// kept says which of what a run must never change has changed: foreign objects,
// and what others wrote into objects that the run uses.
func kept(before, after server) string {
	if d := cmp.Diff(foreignOf(before), foreignOf(after)); d != "" {
		return "foreign objects changed:\n" + d
	}
	for _, old := range before.Jobs {
		i := slices.IndexFunc(after.Jobs, func(j microcks.Job) bool { return j.ID == old.ID })
		if i < 0 {
			continue // whether it may be deleted, the end state says
		}
		now := after.Jobs[i]
		if now.Frequency != old.Frequency || now.DisableSSL != old.DisableSSL || !holds(now.Metadata.Labels, old.Metadata.Labels) ||
			!holds(now.Metadata.Annotations, old.Metadata.Annotations) {
			return "an importer lost what others wrote:\n" + cmp.Diff(old, now)
		}
	}
	for _, old := range before.Secrets {
		i := slices.IndexFunc(after.Secrets, func(s microcks.Secret) bool { return s.ID == old.ID })
		if i < 0 {
			return "a secret is gone: " + old.Name
		}
		now := after.Secrets[i]
		now.Token, now.TokenHeader = old.Token, old.TokenHeader
		if now != old {
			return "a secret lost what others wrote:\n" + cmp.Diff(old, now)
		}
	}
	return ""
}

// holds reports whether a map has every key of another.
func holds(m, keys map[string]string) bool {
	for key := range keys {
		if _, has := m[key]; !has {
			return false
		}
	}
	return true
}

// doubled says what is there twice and was not before.
func doubled(before, after server) string {
	count := func(s server) map[string]int {
		n := map[string]int{}
		for _, j := range s.Jobs {
			n["importer of "+j.RepositoryURL]++
		}
		for _, o := range s.Secrets {
			n["secret "+o.Name]++
		}
		for _, o := range s.Services {
			n["service "+o.Name+" "+o.Version]++
			for _, op := range o.Operations {
				for _, e := range op.Examples {
					n[fmt.Sprintf("example %s of %s, %s %s, number %s, from %s", e.Name, op.Name, o.Name, o.Version, o.ID, e.SourceArtifact)]++
				}
			}
		}
		return n
	}
	was := count(before)
	for what, n := range count(after) {
		if n > max(1, was[what]) {
			return fmt.Sprintf("%d times: %s", n, what)
		}
	}
	return ""
}

// due counts the writes that lead from one state to another: what differs is
// written once, and nothing else.
func due(now, want server) int {
	n := 0
	for _, o := range want.Secrets {
		if !slices.Contains(now.Secrets, o) {
			n++
		}
	}
	stops := slices.ContainsFunc(want.Services, func(o microcks.Service) bool { return stampOf(&o) != "" })
	for _, j := range now.Jobs {
		if !slices.ContainsFunc(want.Jobs, func(o microcks.Job) bool { return o.ID == j.ID }) {
			n++
			if j.Active && stops { // before the upload
				n++
			}
		}
	}
	for _, o := range now.Services {
		if findService(want, o.ID) == nil {
			n++
		}
	}
	for _, j := range want.Jobs {
		n += dueFor(j, now, want)
	}
	for _, o := range want.Services {
		has := findService(now, o.ID)
		if !maps.Equal(labelsOf(has), o.Metadata.Labels) || stampOf(has) != stampOf(&o) {
			n++
		}
		if stampOf(&o) != "" && (has == nil || !cmp.Equal(has.Service, o.Service)) {
			n++
		}
	}
	return n
}

// dueFor counts the writes to one importer, its import included.
func dueFor(want microcks.Job, nowAll, wantAll server) int {
	i := slices.IndexFunc(nowAll.Jobs, func(j microcks.Job) bool { return j.ID == want.ID })
	n, active := 0, false
	imports := true
	if i < 0 {
		n++
	} else {
		now := nowAll.Jobs[i]
		active = now.Active
		imports = now.RepositoryURL != want.RepositoryURL || now.MainArtifact != want.MainArtifact || now.SecretRef != want.SecretRef ||
			now.LastImportError != "" || !slices.Equal(now.ServiceRefs, want.ServiceRefs)
		now.Active, now.ServiceRefs, now.LastImportError, now.ETag = want.Active, want.ServiceRefs, want.LastImportError, want.ETag
		if !cmp.Equal(now, want) {
			n++
		}
	}
	for _, ref := range want.ServiceRefs {
		now, then := findService(nowAll, ref.ServiceID), findService(wantAll, ref.ServiceID)
		imports = imports || now == nil || then != nil && !cmp.Equal(now.Service, then.Service)
		for _, twin := range nowAll.Services {
			imports = imports || now != nil && twin.ID != now.ID && twin.Name == now.Name && twin.Version == now.Version
		}
	}
	if imports {
		n++
		active = true
	}
	if active != want.Active {
		n++
	}
	return n
}

func findService(s server, id string) *microcks.Service {
	i := slices.IndexFunc(s.Services, func(o microcks.Service) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Services[i]
}

func labelsOf(s *microcks.Service) map[string]string {
	if s == nil {
		return nil
	}
	return s.Metadata.Labels
}

// stampOf is by which uploads a service says that it was made.
func stampOf(s *microcks.Service) string {
	if s == nil {
		return ""
	}
	return s.Metadata.Annotations[plan.AnnotationDocuments]
}

// summed is what a state serves, as scenarios list it.
func summed(s server) []string {
	var all []string
	for _, o := range s.Services {
		if o.Name != harbour+" (old)" {
			all = append(all, fmt.Sprintf("%s %s: %d", o.Name, o.Version, len(o.Operations)))
		}
	}
	return all
}
