package faults

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/test/standin/fault"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

const (
	clientID = "ci-admin"
	// clientSecret holds signs that are written otherwise in URLs and JSON.
	clientSecret = "keycloak/secret+of&the-client"
)

// virtual is a world in memory, so that inside testing/synctest all waiting is
// virtual. Every server stands behind a proxy that can spoil an answer.
type virtual struct {
	*world.World
	// proxies by who asks whom: "postman", "microcks", "keycloak", "github" are
	// asked by the run, "download" is Postman as Microcks asks it.
	proxies map[string]*fault.Proxy
	inputs  map[string]string
	// collections are what Postman serves, by uid.
	collections map[string][]byte
}

// signIn is how a run signs in to Microcks.
type signIn string

const (
	nobody           signIn = "" // Microcks wants no sign-in
	clientWithSecret signIn = "signed in"
	workflowToken    signIn = "signed in by GitHub's token"
)

// newVirtual makes a world. A latency is that of the run's requests.
func newVirtual(by signIn, latency time.Duration) *virtual {
	v := &virtual{World: world.InMemory(latency, 0), proxies: map[string]*fault.Proxy{}, collections: map[string][]byte{}}
	v.Before = func(name world.Server, next http.Handler) http.Handler {
		proxy := fault.NewProxy(next)
		v.proxies[string(name)] = proxy
		return proxy
	}
	v.StartPostman(postman.Options{})
	if by == workflowToken {
		v.StartGitHub()
	}
	if by != nobody {
		v.StartKeycloak(keycloak.Options{Clients: []keycloak.Client{{
			ID: clientID, Secret: clientSecret, Roles: []string{"manager", "admin", "user"},
			Provider: "github", Subject: "repo:" + world.DefaultRepository + ":ref:refs/heads/main",
		}}})
	}
	v.StartMicrocks(microcks.Options{})
	v.inputs = v.Environment()
	v.inputs["INPUT_MODE"] = "apply"
	v.inputs["RUNNER_DEBUG"] = "1" // the most that is ever said
	switch by {
	case clientWithSecret:
		v.inputs["INPUT_KEYCLOAK-CLIENT-ID"] = clientID
		v.inputs["INPUT_KEYCLOAK-CLIENT-SECRET"] = clientSecret
	case workflowToken:
		v.inputs["INPUT_KEYCLOAK-AUTH"] = "github-oidc"
		v.inputs["INPUT_KEYCLOAK-URL"] = v.KeycloakURL
	}
	return v
}

// collection puts a collection into Postman.
func (v *virtual) collection(n int, name, version string, operations int) {
	v.collections[world.UID(n)] = world.Collection(name, version, operations)
	if err := v.Postman.AddCollection(world.UID(n), v.collections[world.UID(n)]); err != nil {
		panic(err) // the test's own collection
	}
}

// fill brings another world's documents into this one.
func (v *virtual) fill(other *virtual) {
	for _, s := range other.Microcks.Secrets() {
		v.Microcks.AddSecret(s)
	}
	last := ""
	for _, s := range other.Microcks.Services() {
		last = max(last, v.Microcks.AddService(s))
	}
	for next := ""; next < last; { // new ids shall be new
		next = v.Microcks.AddSecret(microcks.Secret{})
		v.Microcks.RemoveSecret(next)
	}
	for _, j := range other.Microcks.Jobs() {
		v.Microcks.AddJob(j)
	}
	maps.Copy(v.collections, other.collections)
	for uid, raw := range v.collections {
		if err := v.Postman.AddCollection(uid, raw); err != nil {
			panic(err) // it was added before
		}
	}
	maps.Copy(v.inputs, other.inputs)
}

// ended is a run that has ended.
type ended struct {
	code   int
	said   string
	result result.Result
	took   time.Duration
	writes []string // requests to Microcks that are no GET
}

// run carries out one run with the world's inputs and more.
func (v *virtual) run(ctx context.Context, more map[string]string) ended {
	env := maps.Clone(v.inputs)
	maps.Copy(env, more)
	before := len(v.proxies["microcks"].Requests())
	began := time.Now()
	folder, err := os.MkdirTemp("", "run")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "result.json")
	var out bytes.Buffer
	e := ended{code: v.Run(ctx, &out, env, "--result-file="+file)}
	e.took, e.said = time.Since(began), out.String()
	for _, request := range v.proxies["microcks"].Requests()[before:] {
		if !strings.HasPrefix(request, http.MethodGet) {
			e.writes = append(e.writes, request)
		}
	}
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &e.result)
	}
	if err != nil {
		panic(fmt.Sprintf("the result is no JSON: %v\n%s", err, raw))
	}
	return e
}

// requests of all servers since the last forget, as "server METHOD path #n".
func (v *virtual) requests() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(v.proxies)) {
		for _, request := range v.proxies[name].Requests() {
			all = append(all, name+" "+request)
		}
	}
	return all
}

func (v *virtual) forget() {
	for _, p := range v.proxies {
		p.Forget()
	}
}

// spoil chooses one of the requests.
func (v *virtual) spoil(request string, f fault.Fault) *fault.Proxy {
	server, of, _ := strings.Cut(request, " ")
	p := v.proxies[server]
	p.Spoil(of, f)
	return p
}

// leaks lists the credentials that a run let out.
func (e ended) leaks() []string {
	var found []string
	for what, text := range map[string]string{
		"the Postman API key":          postman.DefaultAPIKey,
		"the client secret":            clientSecret,
		"the client secret in a form":  "keycloak%2Fsecret%2Bof%26the",
		"the client secret in JSON":    `keycloak/secret+of\u0026the-client`,
		"the client's Basic header":    base64.StdEncoding.EncodeToString([]byte(clientID + ":"))[:10],
		"a token":                      "eyJhbGciOi",
		"the workflow's own token":     github.RequestToken,
		"a foreign secret's token":     foreignToken,
		"a secret's other credentials": foreignPassword,
	} {
		if strings.Contains(e.said, text) {
			found = append(found, what)
		}
	}
	return found
}

const (
	foreignToken    = "f0r31gn-t0k3n"
	foreignPassword = "f0r31gn-p455w0rd"
)

// server is what Microcks holds, in a form in which two states can be compared:
// without dates, without the marks of single runs, and with services numbered
// in place of their ids.
type server struct {
	Jobs     []microcks.Job
	Secrets  []microcks.Secret
	Services []microcks.Service
}

func (v *virtual) state() server {
	s := server{Jobs: v.Microcks.Jobs(), Secrets: v.Microcks.Secrets(), Services: v.Microcks.Services()}
	byName := func(a, b microcks.Service) int {
		return strings.Compare(a.Name+" "+a.Version+" "+a.ID, b.Name+" "+b.Version+" "+b.ID)
	}
	slices.SortFunc(s.Services, byName)
	numbers, twins := map[string]string{}, map[string]int{}
	for i := range s.Services {
		one := &s.Services[i]
		for n := range one.Operations {
			// Artifacts of one service are imported in no order of their own.
			slices.SortStableFunc(one.Operations[n].Examples,
				func(a, b predict.Example) int { return strings.Compare(a.SourceArtifact, b.SourceArtifact) })
		}
		twins[one.Name+" "+one.Version]++
		numbers[one.ID] = fmt.Sprintf("%s %s, number %d", one.Name, one.Version, twins[one.Name+" "+one.Version])
		one.ID = numbers[one.ID]
		one.Metadata.CreatedOn, one.Metadata.LastUpdate = 0, 0
	}
	slices.SortFunc(s.Secrets, func(a, b microcks.Secret) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Jobs, func(a, b microcks.Job) int { return strings.Compare(a.ID, b.ID) })
	for i := range s.Jobs {
		one := &s.Jobs[i]
		one.CreatedDate, one.LastImportDate, one.Metadata.CreatedOn, one.Metadata.LastUpdate = 0, 0, 0, 0
		delete(one.Metadata.Annotations, plan.AnnotationWriter)
		if len(one.Metadata.Annotations) == 0 {
			one.Metadata.Annotations = nil
		}
		for n := range one.ServiceRefs {
			ref := &one.ServiceRefs[n]
			if number, there := numbers[ref.ServiceID]; there {
				ref.ServiceID = number
			} else if ref.ServiceID != "" {
				ref.ServiceID = "a service that is not there"
			}
		}
	}
	return s
}
