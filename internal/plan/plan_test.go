package plan_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

const (
	uid        = "12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90"
	otherUID   = "12345678-8f4c2a1e-6b7d-4c39-9f1a-000000000002"
	repository = "acme/pets"
	origin     = "https://api.getpostman.com"
	token      = "PMAK-0000"
)

var version = versionOf("1.15.0")

func versionOf(text string) microcks.Version {
	v, err := microcks.ParseVersion(text)
	if err != nil {
		panic(err)
	}
	return v
}

// collection with these paths, each a GET with one example.
func collection(name string, paths ...string) string {
	var items []string
	for _, path := range paths {
		items = append(items, fmt.Sprintf(`{"name":"%[1]s","request":{"method":"GET","url":{"raw":"{{url}}%[1]s"}},"response":[`+
			`{"name":"one","originalRequest":{"method":"GET","url":{"raw":"{{url}}%[1]s"}},"code":200,`+
			`"header":[{"key":"Content-Type","value":"text/plain"}],"body":"1"}]}`, path))
	}
	return `{"collection":{"info":{"name":"` + name + `","description":"version=1.0 - x","updatedAt":"2026-01-01T00:00:00.000Z"},` +
		`"item":[` + strings.Join(items, ",") + `]}}`
}

// want is one wanted importer whose collection was judged fit.
func want(uid, raw string, change func(*plan.Wanted)) plan.Judged {
	w := &plan.Wanted{
		Source: "the source", UID: uid, Origin: origin, URL: origin + "/collections/" + uid,
		Import: plan.ImportAuto, Secret: plan.WantedSecret{Name: "key of pets", Token: plan.NewToken(token)},
	}
	if change != nil {
		change(w)
	}
	document := predict.Read([]byte(raw), predict.Options{Version: "1.15.0"})
	p := document.Import(predict.Target{Main: true, URL: w.URL})
	return plan.Judged{
		Wanted: w, Key: plan.Key{Name: p.Name, Version: p.Version}, UpdatedAt: document.UpdatedAt(),
		Document: func() plan.Document { return plan.Document{Document: document, From: delivery.AsIs(document.Raw)} },
	}
}

// settings of a run that applies.
func settings(judged []plan.Judged) plan.Settings {
	s := plan.Settings{
		Owner: plan.Owner{Repository: repository}, WillApply: true, Now: time.UnixMilli(1000),
		Annotations: map[string]string{plan.AnnotationWriter: "me"},
	}
	for _, j := range judged {
		s.Wanted = append(s.Wanted, j.Wanted)
	}
	return s
}

// imported is an importer of ours that has imported the service s1, and served
// is that service.
func imported(j plan.Judged, change func(*microcks.ImportJob)) microcks.ImportJob {
	at := j.UpdatedAt.UnixMilli() + 1
	job := microcks.ImportJob{
		ID: j.DerivedID(), Name: j.Key.Name, RepositoryURL: j.URL, MainArtifact: true, Active: true, LastImportDate: &at,
		Metadata: &microcks.Metadata{Labels: map[string]string{
			plan.LabelManagedBy: "postman-microcks-importer", plan.LabelRepository: repository,
		}},
		SecretRef:   &microcks.SecretRef{SecretID: "k1", Name: "key of pets"},
		ServiceRefs: []microcks.ServiceRef{{ServiceID: "s1", Name: j.Key.Name, Version: j.Key.Version}},
	}
	if change != nil {
		change(&job)
	}
	return job
}

// exposing is an importer that sends the key in the clear to a port of its own, and
// would take any certificate.
func exposing(j plan.Judged, change func(*microcks.ImportJob)) microcks.ImportJob {
	job := imported(j, change)
	job.RepositoryURL, job.DisableSSLValidation = "http://api.getpostman.com:8080/collections/"+uid, new(true)
	return job
}

func digested(s *predict.Service) *predict.Service {
	d, err := s.Digest(nil)
	if err != nil {
		panic(err) // without a budget
	}
	return d
}

func existing(j plan.Judged, change func(*predict.Service)) plan.Existing {
	service := j.Document().Import(predict.Target{Main: true, URL: j.URL}).Service
	if change != nil {
		change(service)
	}
	return plan.Existing{
		Services: []microcks.Service{{
			ID: "s1", Name: service.Name, Version: service.Version, Type: "REST", SourceArtifact: service.SourceArtifact,
		}},
		Served: digested(service),
	}
}

func secret(change func(*microcks.Secret)) map[string][]microcks.Secret {
	value, header := token, microcks.TokenHeader
	s := microcks.Secret{ID: "k1", Name: "key of pets", Token: &value, TokenHeader: &header}
	if change != nil {
		change(&s)
	}
	return map[string][]microcks.Secret{"key of pets": {s}}
}

// there is a server on which everything is as wanted.
func there(j plan.Judged) plan.Snapshot {
	return plan.Snapshot{
		Version: version, Jobs: []microcks.ImportJob{imported(j, nil)}, Secrets: secret(nil),
		Services: map[plan.Key]plan.Existing{j.Key: existing(j, nil)},
	}
}

// said are the problems of an artifact by level and place.
func said(problems []result.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, string(p.Level)+" "+p.Anchor)
	}
	return all
}

func fields(changes []result.FieldChange) []string {
	var all []string
	for _, c := range changes {
		name := string(c.Field)
		if c.Key != "" {
			name += " " + string(c.Key)
		}
		all = append(all, name)
	}
	return all
}

// summary of a plan for one collection.
type summary struct {
	Change   result.Change
	Fields   []string
	Import   result.ImportKind
	Secret   result.Change
	Problems []string
}

func summarize(p *plan.Plan) summary {
	a := p.Artifacts[0]
	s := summary{Change: a.Change, Fields: fields(a.Fields), Problems: said(append(a.Problems, p.Problems...))}
	if a.Due != nil {
		s.Import = a.Due.Kind
	}
	for _, secret := range p.Secrets {
		s.Secret = secret.Change
	}
	return s
}

func p[T any](v T) *T { return &v }

func TestMake(t *testing.T) {
	t.Parallel()
	raw := collection("Pets", "/pets", "/owners")
	newFields := []string{"name", "repositoryUrl", "mainArtifact", "secret", "label managed-by", "label managed-by-repository"}
	foreign := func(j *microcks.ImportJob) { j.ID, j.Name, j.Metadata = "f1", "by hand", nil }
	for name, tt := range map[string]struct {
		wanted   func(*plan.Wanted)
		settings func(*plan.Settings)
		there    func(plan.Judged, *plan.Snapshot)
		want     summary
	}{
		"nothing is there": {
			there: func(_ plan.Judged, s *plan.Snapshot) { *s = plan.Snapshot{Version: version} },
			want:  summary{Change: result.Create, Fields: newFields, Import: result.ImporterIsNew, Secret: result.Create},
		},
		"everything is as wanted": {want: summary{Change: result.Keep, Secret: result.Keep}},
		"an import is asked for": {
			wanted: func(w *plan.Wanted) { w.Import = plan.ImportAlways },
			want:   summary{Change: result.Keep, Import: result.ImportAsked, Secret: result.Keep},
		},
		"no import is wanted": {
			wanted: func(w *plan.Wanted) { w.Import = plan.ImportNever },
			there:  func(j plan.Judged, s *plan.Snapshot) { s.Services = nil },
			want:   summary{Change: result.Keep, Secret: result.Keep},
		},
		"the service is not there": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Services = nil },
			want:  summary{Change: result.Keep, Import: result.NotServed, Secret: result.Keep},
		},
		"the service differs": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Services[j.Key] = existing(j, func(s *predict.Service) { s.Operations = s.Operations[:1] })
			},
			want: summary{Change: result.Keep, Import: result.ServesOther, Secret: result.Keep},
		},
		"an example's body differs": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Services[j.Key] = existing(j, func(s *predict.Service) { s.Operations[0].Examples[0].Response.Content = p("2") })
			},
			want: summary{Change: result.Keep, Import: result.ServesOther, Secret: result.Keep},
		},
		"the last import failed": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0].LastImportError = p("no") },
			want:  summary{Change: result.Keep, Import: result.LastImportFailed, Secret: result.Keep},
		},
		"the importer is bound to another service": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0].ServiceRefs[0].ServiceID = "gone" },
			want:  summary{Change: result.Keep, Import: result.ImporterNotBound, Secret: result.Keep},
		},
		"another name": {
			wanted: func(w *plan.Wanted) { w.Name = p("Docks") },
			want:   summary{Change: result.Update, Fields: []string{"name"}, Secret: result.Keep},
		},
		"more labels": {
			wanted: func(w *plan.Wanted) { w.Labels = map[string]string{"team": "a", "stage": "b"} },
			want: summary{
				Change: result.Update, Fields: []string{"label stage", "label team", "serviceLabel stage", "serviceLabel team"},
				Secret: result.Keep,
			},
		},
		"from main to secondary": {
			wanted: func(w *plan.Wanted) { w.MainArtifact = p(false) },
			want:   summary{Change: result.Update, Fields: []string{"mainArtifact"}, Import: result.ImporterChanges, Secret: result.Keep},
		},
		"deactivated": {
			wanted: func(w *plan.Wanted) { w.Active = p(false) },
			want:   summary{Change: result.Update, Fields: []string{"active"}, Secret: result.Keep},
		},
		"a key in the URL of an importer of ours goes": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0].RepositoryURL += "?apikey=PMAK-1" },
			want:  summary{Change: result.Update, Fields: []string{"repositoryUrl"}, Import: result.ImporterChanges, Secret: result.Keep},
		},
		"the other name of the host stays": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0].RepositoryURL = "https://api.postman.com/collections/" + uid
			},
			want: summary{Change: result.Keep, Secret: result.Keep},
		},
		"one made by hand is adopted as it is": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0] = imported(j, foreign)
				s.Jobs[0].RepositoryURL += "?x=1"
				s.Services = nil
			},
			want: summary{Change: result.Keep, Import: result.NotServed, Secret: result.Keep, Problems: []string{"warning importer-url-query"}},
		},
		"one made by hand that sends the key in the clear is refused": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0] = exposing(j, foreign) },
			want:  summary{Problems: []string{"error importer-exposes-key"}},
		},
		"one made by hand is taken over": {
			wanted: func(w *plan.Wanted) { w.TakeOver = true },
			there:  func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0] = imported(j, foreign) },
			want: summary{
				Change: result.Update, Fields: []string{"label managed-by", "label managed-by-repository"}, Secret: result.Keep,
			},
		},
		"one made by hand that exposes the key is taken over as it should be": {
			wanted: func(w *plan.Wanted) { w.TakeOver = true },
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0] = exposing(j, foreign)
				s.Jobs[0].RepositoryURL += "?access_key=x"
			},
			want: summary{
				Change: result.Update, Secret: result.Keep, Import: result.ImporterChanges,
				Fields: []string{"repositoryUrl", "repositoryDisableSSLValidation", "label managed-by", "label managed-by-repository"},
			},
		},
		"one that somebody manages is not taken over": {
			wanted: func(w *plan.Wanted) { w.TakeOver = true },
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0] = imported(j, func(i *microcks.ImportJob) {
					i.ID, i.Metadata = "f1", &microcks.Metadata{Labels: map[string]string{"managed-by-team": "ours"}}
				})
			},
			want: summary{Change: result.Keep, Secret: result.Keep},
		},
		"nobody takes one over": {
			wanted:   func(w *plan.Wanted) { w.TakeOver = true },
			settings: func(s *plan.Settings) { s.Owner = plan.Owner{} },
			there:    func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0] = imported(j, foreign) },
			want:     summary{Change: result.Keep, Secret: result.Keep},
		},
		"one of another repository, at the derived id and somewhere else, is refused": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0] = imported(j, func(i *microcks.ImportJob) {
					i.Metadata.Labels[plan.LabelRepository] = "acme/other"
					i.RepositoryURL, i.SecretRef = "https://gw.example/collections/"+uid, nil
				})
			},
			want: summary{Problems: []string{"error importer-exposes-key"}},
		},
		"one made by hand that checks no certificate is refused": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0] = imported(j, func(i *microcks.ImportJob) { foreign(i); i.DisableSSLValidation = p(true) })
			},
			want: summary{Problems: []string{"error importer-exposes-key"}},
		},
		"one of ours that was changed so is brought back": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0] = exposing(j, nil) },
			want: summary{
				Change: result.Update, Fields: []string{"repositoryUrl", "repositoryDisableSSLValidation"},
				Import: result.ImporterChanges, Secret: result.Keep,
			},
		},
		"one beside ours is left": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs = append(s.Jobs, imported(j, foreign)) },
			want:  summary{Change: result.Keep, Secret: result.Keep, Problems: []string{"warning importer-foreign"}},
		},
		"several by hand are refused": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs = []microcks.ImportJob{
					imported(j, foreign),
					imported(j, func(i *microcks.ImportJob) { foreign(i); i.ID, i.Active, i.MainArtifact = "f2", false, false }),
				}
			},
			want: summary{Problems: []string{"error importers-ambiguous"}},
		},
		"a second one of ours goes": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs = append(s.Jobs, imported(j, func(i *microcks.ImportJob) { i.ID = "b2" }))
			},
			want: summary{Change: result.Update, Secret: result.Keep},
		},
		"an importer of the same name is told of": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs = []microcks.ImportJob{{ID: "x", Name: "Pets", RepositoryURL: "https://h/pets.yaml"}}
				s.Services = nil
			},
			want: summary{
				Change: result.Create, Fields: newFields, Import: result.ImporterIsNew, Secret: result.Keep,
				Problems: []string{"note importer-same-name"},
			},
		},
		"a failed import that nobody tries again": {
			settings: func(s *plan.Settings) { s.WillApply = false },
			there:    func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0].LastImportError = p("no") },
			want: summary{
				Change: result.Keep, Import: result.LastImportFailed, Secret: result.Keep,
				Problems: []string{"warning import-not-retried"},
			},
		},
		"a service of another source": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				here := s.Services[j.Key]
				here.Services[0].SourceArtifact = "petstore.yaml"
			},
			want: summary{Problems: []string{"error service-foreign"}},
		},
		"which may be replaced": {
			wanted: func(w *plan.Wanted) { w.ReplaceService = true },
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Services[j.Key] = existing(j, func(s *predict.Service) { s.SourceArtifact = "petstore.yaml"; s.Operations = nil })
			},
			want: summary{Change: result.Keep, Import: result.ServesOther, Secret: result.Keep},
		},
		"a service that is there twice": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				here := s.Services[j.Key]
				s.Services[j.Key] = plan.Existing{Services: []microcks.Service{
					here.Services[0], {ID: "s2", Name: "Pets", Version: "1.0", SourceArtifact: uid},
				}}
			},
			want: summary{Change: result.Keep, Import: result.ServiceTwice, Secret: result.Keep, Problems: []string{"warning service-twice"}},
		},
		"one that is there twice and not ours to heal": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				here := s.Services[j.Key]
				s.Services[j.Key] = plan.Existing{Services: []microcks.Service{
					here.Services[0], {ID: "s2", Name: "Pets", Version: "1.0", SourceArtifact: "x"},
				}}
			},
			want: summary{Problems: []string{"error service-twice"}},
		},
		"a dispatcher that a person set": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Services[j.Key] = existing(j, func(s *predict.Service) {
					s.Operations[0].Dispatcher, s.Operations[0].DispatcherRules = "URI_PARAMS", p("page")
					s.Operations[0].Examples[0].DispatchCriteria = p("")
				})
			},
			want: summary{Change: result.Keep, Secret: result.Keep, Problems: []string{"note operation-edited"}},
		},
		"a dispatcher that another artifact set": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Services[j.Key] = existing(j, func(s *predict.Service) {
					s.Operations[0].Dispatcher = "URI_PARAMS"
					s.Operations[0].Examples = append(s.Operations[0].Examples, predict.Example{Name: "two", SourceArtifact: "more.json"})
				})
				at := int64(1)
				s.Jobs[0].LastImportDate = &at // before the collection changed
			},
			want: summary{Change: result.Keep, Secret: result.Keep, Problems: []string{"note dispatcher-of-another"}},
		},
		"a service under another version is left": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0].ServiceRefs[0].Version = "0.9"
				s.Services = nil
			},
			want: summary{Change: result.Keep, Import: result.NotServed, Secret: result.Keep, Problems: []string{"note service-left"}},
		},
		"another key": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Secrets = secret(func(s *microcks.Secret) { s.Token = p("old") })
			},
			want: summary{Change: result.Keep, Secret: result.Update},
		},
		"another header": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Secrets = secret(func(s *microcks.Secret) { s.TokenHeader = p("Other") })
			},
			want: summary{Change: result.Keep, Secret: result.Update},
		},
		"another key, which importers of others use": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Secrets = secret(func(s *microcks.Secret) { s.Token = p("old") })
				s.Jobs = append(s.Jobs, microcks.ImportJob{
					ID: "x", Name: "theirs", RepositoryURL: "https://h/1", SecretRef: &microcks.SecretRef{SecretID: "k1"},
				})
			},
			want: summary{Change: result.Keep, Secret: result.Keep, Problems: []string{"error secret-shared"}},
		},
		"which may be replaced too": {
			wanted: func(w *plan.Wanted) { w.Secret.Replace = true },
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Secrets = secret(func(s *microcks.Secret) { s.Token = p("old") })
				s.Jobs = append(s.Jobs, microcks.ImportJob{
					ID: "x", Name: "theirs", RepositoryURL: "https://h/1", SecretRef: &microcks.SecretRef{SecretID: "k1"},
				})
			},
			want: summary{Change: result.Keep, Secret: result.Update},
		},
		"two secrets of one name": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs = nil
				s.Services = nil
				s.Secrets["key of pets"] = append(s.Secrets["key of pets"], microcks.Secret{ID: "k2", Name: "key of pets"})
			},
			want: summary{
				Change: result.Create, Fields: newFields, Import: result.ImporterIsNew, Secret: result.Keep,
				Problems: []string{"error secrets-ambiguous"},
			},
		},
		"a secret of another name stays": {
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0].SecretRef = &microcks.SecretRef{SecretID: "k9", Name: "other"}
			},
			want: summary{Change: result.Keep},
		},
		"unless one is named": {
			wanted: func(w *plan.Wanted) { w.Secret.Explicit = true },
			there: func(j plan.Judged, s *plan.Snapshot) {
				s.Jobs[0].SecretRef = &microcks.SecretRef{SecretID: "k9", Name: "other"}
			},
			want: summary{Change: result.Update, Fields: []string{"secret"}, Import: result.ImporterChanges, Secret: result.Keep},
		},
		"a deleted secret that was made again": {
			there: func(j plan.Judged, s *plan.Snapshot) { s.Jobs[0].SecretRef.SecretID = "gone" },
			want:  summary{Change: result.Update, Fields: []string{"secret"}, Import: result.ImporterChanges, Secret: result.Keep},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := want(uid, raw, tt.wanted)
			s, here := settings([]plan.Judged{j}), there(j)
			if tt.settings != nil {
				tt.settings(&s)
			}
			if tt.there != nil {
				tt.there(j, &here)
			}
			if d := cmp.Diff(tt.want, summarize(plan.Make(s, []plan.Judged{j}, here))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestArtifactsOfOneService(t *testing.T) {
	t.Parallel()
	main := want(uid, collection("Pets", "/pets"), nil)
	secondary := func(paths ...string) plan.Judged {
		return want(otherUID, collection("Pets", paths...), func(w *plan.Wanted) { w.MainArtifact = p(false) })
	}
	make := func(here plan.Snapshot, judged ...plan.Judged) *plan.Plan {
		return plan.Make(settings(judged), judged, here)
	}

	made := make(plan.Snapshot{Version: version}, secondary("/pets"), main)
	if len(made.Services) != 1 || made.Services[0].Artifacts[0].UID != uid {
		t.Errorf("the main artifact does not come first: %v", made.Services)
	}
	if got := made.Services[0].Goal(); len(got.Operations) != 1 || len(got.Operations[0].Examples) != 2 {
		t.Errorf("composed as %+v", got)
	}
	if reason := made.Artifacts[0].Due; reason == nil || reason.Kind != result.ImporterIsNew {
		t.Errorf("the secondary artifact is imported because %v", reason)
	}

	two := make(plan.Snapshot{Version: version}, main, want(otherUID, collection("Pets", "/pets"), nil))
	for _, a := range two.Artifacts {
		if d := cmp.Diff([]string{"error service-two-mains"}, said(a.Problems)); d != "" {
			t.Error(d)
		}
	}

	// What is not imported labels nothing.
	labelled := make(plan.Snapshot{Version: version}, main, want(otherUID, collection("Pets", "/pets"), func(w *plan.Wanted) {
		w.MainArtifact, w.Labels, w.ServiceVersion = p(false), map[string]string{"a": "b"}, "2.0"
	}))
	if labels := labelled.Services[0].Labels; !labelled.Artifacts[1].Failed() || len(labels) > 0 {
		t.Errorf("a failed artifact labels its service: %v", labels)
	}

	alone := make(plan.Snapshot{Version: version}, secondary("/pets"))
	if d := cmp.Diff([]string{"error secondary-without-service"}, said(alone.Artifacts[0].Problems)); d != "" {
		t.Error(d)
	}

	// When the main artifact is imported again, so is the secondary one.
	here := there(main)
	here.Services[main.Key] = existing(main, func(s *predict.Service) { s.Operations[0].Examples[0].Response.Status = "500" })
	here.Jobs = append(here.Jobs, imported(secondary("/pets"), func(j *microcks.ImportJob) { j.MainArtifact = false }))
	again := make(here, main, secondary("/pets"))
	for i, want := range []result.ImportKind{result.ServesOther, result.ServesOther} {
		if reason := again.Artifacts[i].Due; reason == nil || reason.Kind != want {
			t.Errorf("artifact %d is imported because %v, want %s", i, reason, want)
		}
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	account := func(roles ...microcks.Role) *microcks.Account {
		return &microcks.Account{Name: "a", Client: "c", Roles: roles}
	}
	j := want(uid, collection("Pets", "/pets"), func(w *plan.Wanted) { w.Labels = map[string]string{"a": "b"} })
	empty := func(a *microcks.Account, tenancy bool) plan.Snapshot {
		return plan.Snapshot{Version: version, Account: a, Tenancy: tenancy}
	}
	for name, tt := range map[string]struct {
		here  plan.Snapshot
		apply bool
		want  []string
	}{
		"all":        {empty(account(microcks.User, microcks.Manager, microcks.Admin), false), true, nil},
		"no sign-in": {empty(nil, false), true, nil},
		"user": {
			empty(account(microcks.User), false), true,
			[]string{"error role-missing", "error role-missing", "error role-missing"},
		},
		"user, a plan": {
			empty(account(microcks.User), false), false,
			[]string{"warning role-missing", "warning role-missing", "warning role-missing"},
		},
		"user in a group": {
			empty(account(microcks.User), true), true, []string{"note role-missing", "error role-missing", "note role-missing"},
		},
		"manager without a secret": {empty(account(microcks.User, microcks.Manager), false), true, []string{"error role-missing"}},
		"nobody":                   {empty(account(), false), true, []string{"error role-missing", "error role-missing", "error role-missing"}},
	} {
		s := settings([]plan.Judged{j})
		s.WillApply = tt.apply
		if d := cmp.Diff(tt.want, said(plan.Make(s, []plan.Judged{j}, tt.here).Problems)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	old := versionOf("1.10.0")
	upload := want("", collection("Pets", "/pets"), func(w *plan.Wanted) { w.File = "pets.json" })
	for name, tt := range map[string]struct {
		roles   []microcks.Role
		version microcks.Version
		want    []string
	}{
		"a manager":          {[]microcks.Role{microcks.User, microcks.Manager}, version, nil},
		"an admin alone":     {[]microcks.Role{microcks.User, microcks.Admin}, version, nil}, // with a warning of the service
		"a user":             {[]microcks.Role{microcks.User}, version, []string{"error role-missing"}},
		"a manager, of 1.10": {[]microcks.Role{microcks.User, microcks.Manager}, old, []string{"error role-missing"}},
		"an admin, of 1.10":  {[]microcks.Role{microcks.User, microcks.Admin}, old, nil},
	} {
		here := empty(account(tt.roles...), false)
		here.Version = tt.version
		p := plan.Make(settings([]plan.Judged{upload}), []plan.Judged{upload}, here)
		if d := cmp.Diff(tt.want, said(p.Problems)); d != "" {
			t.Errorf("uploading as %s (-want +got):\n%s", name, d)
		}
		labelled, admin := p.Artifacts[0].Owned != nil, slices.Contains(tt.roles, microcks.Admin)
		if unlabelled := slices.Contains(said(p.Artifacts[0].Problems), "warning service-unlabelled"); unlabelled != (admin && !labelled) {
			t.Errorf("uploading as %s: labelled %v, told %v", name, labelled, unlabelled)
		}
	}
	for name, tt := range map[string]struct {
		got  *result.Problem
		want bool
	}{
		"a manager cannot read services":         {plan.BlindAccount(version, account(microcks.Manager), true), true},
		"but could before 1.11.1":                {plan.BlindAccount(old, account(microcks.Manager), true), false},
		"and can read importers":                 {plan.BlindAccount(version, account(microcks.Manager), false), false},
		"nobody can":                             {plan.BlindAccount(old, account(), false), true},
		"no sign-in":                             {plan.BlindAccount(version, nil, true), false},
		"a user may not delete":                  {plan.MayDelete(account(microcks.User), false), true},
		"unless membership of a group stands in": {plan.MayDelete(account(microcks.User), true), false},
		"a manager may":                          {plan.MayDelete(account(microcks.Manager), false), false},
		"so may everybody where nobody signs in": {plan.MayDelete(nil, false), false},
	} {
		if (tt.got != nil) != tt.want {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
}

// What was not compared is no difference and no agreement: it is told, and imports
// nothing.
func TestUncompared(t *testing.T) {
	t.Parallel()
	var examples []string
	for i := range 400 { // which can be like each other without being equal
		examples = append(examples, fmt.Sprintf(`{"name":"one","header":[{"key":"Content-Type","value":"a/a"},`+
			`{"key":"Content-Type","value":"b/b"}],"body":"%d"}`, i))
	}
	j := want(uid, `{"collection":{"info":{"name":"Pets","description":"version=1.0 - x","updatedAt":"2026-01-01T00:00:00.000Z"},"item":[`+
		`{"name":"pets","request":{"method":"GET","url":{"raw":"{{url}}/pets"}},"response":[`+strings.Join(examples, ",")+`]}]}}`, nil)
	here := plan.Snapshot{
		Version: version, Jobs: []microcks.ImportJob{imported(j, nil)}, Secrets: secret(nil),
		Services: map[plan.Key]plan.Existing{j.Key: existing(j, func(s *predict.Service) {
			for i := range s.Operations[0].Examples {
				s.Operations[0].Examples[i].Response.Status = "201"
			}
		})},
	}
	spent, end := context.WithCancelCause(t.Context())
	end(budget.ErrSpent)
	s := settings([]plan.Judged{j})
	s.Meter = func() *budget.Meter { return budget.New(spent) } // which ends a work of milliseconds
	a := plan.Make(s, []plan.Judged{j}, here).Artifacts[0]
	if len(a.Problems) != 1 || a.Problems[0].Anchor != "comparison-untold" || !a.Uncompared {
		t.Errorf("%+v, uncompared %t", a.Problems, a.Uncompared)
	}
	if a.Due != nil || a.Difference != nil || a.Failed() {
		t.Errorf("%+v, import %+v, %d differences", a.Problems, a.Due, len(a.Difference))
	}
	if s.Meter = nil; len(plan.Make(s, []plan.Judged{j}, here).Artifacts[0].Difference) != 400 {
		t.Error("with a whole budget all is compared")
	}
}

// What a run keeps of its collections has a bound: one that takes all of it fails by
// itself, the others have their part.
func TestPotIsShared(t *testing.T) {
	t.Parallel()
	paths := make([]string, 200)
	for i := range paths {
		paths[i] = fmt.Sprintf("/pets%d", i)
	}
	large, small := want(uid, collection("Large", paths...), nil), want(otherUID, collection("Small", "/pets"), nil)
	s := settings([]plan.Judged{large, small})
	s.Pot = budget.NewPot(20_000, 2)
	for i, a := range plan.Make(s, []plan.Judged{large, small}, plan.Snapshot{Version: version}).Artifacts {
		if got := a.Failed() && a.Problems[0].Anchor == "collection-untold"; got != (i == 0) {
			t.Errorf("%d: %+v", i, a.Problems)
		}
	}
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	finding := func(level result.Level) []result.Finding { return []result.Finding{{Level: level, Hint: "do"}} }
	as := func(outcome predict.Outcome) *predict.Import {
		return &predict.Import{Prediction: predict.Prediction{
			Outcome: outcome, Cause: &predict.Cause{Kind: predict.TooLarge}, Name: "Pets", Version: "1.0", ImportError: "no",
		}}
	}
	for name, tt := range map[string]struct {
		wanted   plan.Wanted
		p        *predict.Import
		findings []result.Finding
		want     []string
	}{
		"fit":     {p: as(predict.Imported), findings: finding(result.Warning)},
		"refused": {p: as(predict.Refused), findings: finding(result.Error), want: []string{"error collection-refused"}},
		"untold": {
			p:    &predict.Import{Prediction: predict.Prediction{Outcome: predict.Untold, Name: "Pets", Version: "1.0"}, Err: budget.ErrSpent},
			want: []string{"error collection-untold"},
		},
		"the run ends": {
			p:    &predict.Import{Prediction: predict.Prediction{Outcome: predict.Untold, Name: "Pets", Version: "1.0"}, Err: context.Canceled},
			want: []string{"error interrupted"},
		},
		"crashes":         {p: as(predict.Crashed), want: []string{"error collection-crashes"}},
		"an error":        {p: as(predict.Imported), findings: finding(result.Error), want: []string{"error findings-failed"}},
		"another version": {wanted: plan.Wanted{ServiceVersion: "2"}, p: as(predict.Imported), want: []string{"error service-version"}},
		"that version":    {wanted: plan.Wanted{ServiceVersion: "1.0"}, p: as(predict.Imported)},
	} {
		var got []string
		for _, problem := range tt.wanted.Unfit(tt.p, tt.findings) {
			got = append(got, string(problem.Level)+" "+problem.Anchor)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestPlanIsAValue: it can be made twice and is the same, it changes nothing
// that it was made of, and printing it shows no credential.
func TestPlanIsAValue(t *testing.T) {
	t.Parallel()
	j := want(uid, collection("Pets", "/pets"), func(w *plan.Wanted) { w.Labels = map[string]string{"team": "a"} })
	here := there(j)
	here.Secrets = secret(func(s *microcks.Secret) { s.Token = p("old") })
	before := here.Jobs[0].Label("team")
	one, two := plan.Make(settings([]plan.Judged{j}), []plan.Judged{j}, here), plan.Make(settings([]plan.Judged{j}), []plan.Judged{j}, here)
	if d := cmp.Diff(summarize(one), summarize(two)); d != "" {
		t.Error(d)
	}
	job := one.Artifacts[0].Importer.Onto(&here.Jobs[0])
	if job.Label("team") != "a" || here.Jobs[0].Label("team") != before || job.Annotation(plan.AnnotationWriter) != "me" {
		t.Errorf("merged as %+v", job.Metadata)
	}
	wanted := *one.Artifacts[0].Wanted
	if printed := fmt.Sprintf("%v %+v %#v", one.Secrets[0].Token, wanted, wanted); strings.Contains(printed, token) {
		t.Errorf("printed with the credential: %s", printed)
	}
	created := plan.Make(settings([]plan.Judged{j}), []plan.Judged{j}, plan.Snapshot{Version: version}).Artifacts[0].Importer.Document()
	if created.Active || *created.CreatedDate != 1000 || created.ID != j.DerivedID() {
		t.Errorf("created as %+v", created)
	}
	if again := one.Artifacts[0].Importer.Document(); again.Active || again.Name != "Pets" {
		t.Errorf("created again as %+v", again)
	}
	if s := one.Secrets[0].Document(nil); *s.Token != token || !strings.Contains(*s.Description, repository) {
		t.Errorf("a new secret is %+v", *s)
	}
}

func BenchmarkMake(b *testing.B) {
	var judged []plan.Judged
	here := plan.Snapshot{Version: version, Secrets: secret(nil), Services: map[plan.Key]plan.Existing{}}
	paths := make([]string, 20)
	for i := range paths {
		paths[i] = fmt.Sprintf("/things%d/:id", i)
	}
	for i := range 100 {
		j := want(fmt.Sprintf("12345678-8f4c2a1e-6b7d-4c39-9f1a-%012d", i), collection(fmt.Sprintf("API %03d", i), paths...), nil)
		judged = append(judged, j)
		here.Jobs = append(here.Jobs, imported(j, nil))
		here.Services[j.Key] = existing(j, nil)
	}
	s := settings(judged)
	b.ReportAllocs()
	for b.Loop() {
		if made := plan.Make(s, judged, here); len(made.Services) != 100 || made.Artifacts[0].Writes() {
			b.Fatal("another plan")
		}
	}
}
