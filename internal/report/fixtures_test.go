package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/result"
	untrusted "postman-microcks-importer/internal/text"
)

const (
	server  = "https://microcks.example.com"
	docsURL = "https://github.com/acme/postman-microcks-importer/blob/v1/docs/troubleshooting.md"
)

func docs() Context { return Context{DocsURL: docsURL} }

// operation of a service with examples given as "name status path".
func operation(name, dispatcher, rules string, examples ...string) reconcile.OperationResult {
	op := reconcile.OperationResult{Name: name, Dispatcher: dispatcher, Rules: rules, Examples: []reconcile.ExampleResult{}}
	method, _, _ := strings.Cut(name, " ")
	for _, e := range examples {
		parts := strings.Split(e, "; ")
		op.Examples = append(op.Examples, reconcile.ExampleResult{
			Name: parts[0], Status: parts[1], Call: method + " " + server + "/rest/Pet+Store/1.0.0" + parts[2],
		})
	}
	return op
}

func petStoreOperations() []reconcile.OperationResult {
	return []reconcile.OperationResult{
		operation("GET /pets", "URI_PARAMS", "page && status",
			"First page; 200; /pets?page=1&status=available", "Second page; 200; /pets?page=2&status=available", "Nothing sold yet; 200; /pets?page=1&status=sold"),
		operation("POST /pets", "", "", "New cat; 201; /pets"),
		operation("GET /pets/:petId", "URI_PARTS", "petId", "Minka; 200; /pets/1", "Rex; 200; /pets/2", "Unknown pet; 404; /pets/999"),
		operation("PUT /pets/:petId", "URI_PARTS", "petId", "Minka is older now; 200; /pets/1"),
		operation("DELETE /pets/:petId", "URI_PARTS", "petId", "Rex has left; 204; /pets/2"),
		operation("GET /pets/:petId/photos", "URI_PARTS", "petId", "Photos of Minka; 200; /pets/1/photos", "No photos; 200; /pets/2/photos"),
		operation("POST /pets/:petId/photos", "URI_PARTS", "petId", "Upload; 201; /pets/1/photos"),
		operation("GET /owners", "URI_PARAMS", "city", "In Berlin; 200; /owners?city=Berlin", "In Paris; 200; /owners?city=Paris"),
		operation("POST /owners", "", "", "New owner; 201; /owners"),
		operation("GET /owners/:ownerId", "URI_PARTS", "ownerId", "Ada; 200; /owners/17", "Nobody; 404; /owners/0"),
		operation("GET /orders", "URI_ELEMENTS", " ?? status && limit", "Open orders; 200; /orders?status=open&limit=10", "None; 200; /orders?status=lost&limit=10"),
		operation("POST /orders", "", "", "Order a leash; 201; /orders"),
		operation("GET /orders/:orderId", "URI_PARTS", "orderId", "Leash; 200; /orders/5001", "Gone; 410; /orders/4000"),
		operation("GET /health", "", "", "Up; 200; /health"),
	}
}

const petUID = "12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90"

func petStore() reconcile.CollectionResult {
	return reconcile.CollectionResult{
		Source: petUID, UID: petUID, Name: "Pet Store", Bytes: 48211, Status: reconcile.Created,
		Importer: &reconcile.ImporterResult{
			ID: "5f0c6a1e9b3d4c2a8e7f6b5d", Name: "Pet Store", URL: server + "/#/importers",
			Repository: "https://api.getpostman.com/collections/" + petUID, MainArtifact: true, Active: true,
			Change: reconcile.Create,
			Fields: []reconcile.FieldChange{
				{Field: "name", From: "", To: "Pet Store"},
				{Field: "repositoryUrl", From: "", To: "https://api.getpostman.com/collections/" + petUID},
				{Field: "mainArtifact", From: "false", To: "true"},
				{Field: "secret", From: "(none)", To: "Postman API key for acme/shop (9a8b7c6d5e4f3a2b1c0d9e8f)"},
				{Field: "label managed-by", From: "(none)", To: "postman-microcks-importer"},
				{Field: "label managed-by-repository", From: "(none)", To: "acme/shop"},
			},
			Import: "the importer is new", Imported: true, Done: []string{"importer created", "imported"},
		},
		Service: &reconcile.ServiceResult{
			ID: "66f0c6a1e9b3d4c2a8e7f6b5", Name: "Pet Store", Version: "1.0.0",
			URL: server + "/#/services/66f0c6a1e9b3d4c2a8e7f6b5", MockURL: server + "/rest/Pet+Store/1.0.0",
			Operations: petStoreOperations(),
		},
		Verified: &reconcile.Verification{Scope: "mocks", Examples: 23, Answered: 23},
	}
}

func resultOf(mode reconcile.Mode, status reconcile.Status, collections ...reconcile.CollectionResult) *reconcile.Result {
	r := &reconcile.Result{
		Schema: reconcile.ResultSchema, Version: "1.2.3", Mode: mode, Status: status,
		ModeReason: "push to the default branch main", Collections: collections, Duration: 4230 * time.Millisecond,
	}
	if mode == reconcile.Plan || mode == reconcile.Check {
		r.ModeReason = "pull request"
	}
	if mode != reconcile.Check {
		r.Server = &reconcile.Server{URL: server, Version: "1.15.0", SignIn: true, Account: "ci-admin", Roles: []string{"admin", "manager", "user"}}
	}
	for i := range collections {
		c := &collections[i]
		if c.Service != nil {
			r.Totals.Operations += len(c.Service.Operations)
			r.Totals.Examples += c.Service.Examples()
		}
		for _, f := range c.Findings {
			switch f.Level {
			case result.Error:
				r.Totals.Errors++
			case result.Warning:
				r.Totals.Warnings++
			}
		}
		for _, p := range c.Problems {
			if p.Level == result.Error && !p.OfFindings {
				r.Totals.Errors++
			}
		}
	}
	return r
}

func secret(change reconcile.Change, done bool) *reconcile.SecretResult {
	s := &reconcile.SecretResult{ID: "9a8b7c6d5e4f3a2b1c0d9e8f", Name: "Postman API key for acme/shop", Change: change, Done: done, Comparable: true}
	switch change {
	case reconcile.Create:
		s.Fields = []reconcile.FieldChange{{Field: "token", From: "(none)", To: "(hidden)"}, {Field: "tokenHeader", From: "(none)", To: "X-API-Key"}}
	case reconcile.Update:
		s.Fields = []reconcile.FieldChange{{Field: "token", From: "(hidden)", To: "(hidden)"}}
	}
	return s
}

// named is the Pet Store under another name.
func named(name string, n int) reconcile.CollectionResult {
	c := petStore()
	c.Name = name
	c.UID = fmt.Sprintf("12345678-8f4c2a1e-6b7d-4c39-9f1a-%012d", n)
	c.Source = c.UID
	importer, service := *c.Importer, *c.Service
	importer.Name, importer.ID = name, fmt.Sprintf("5f0c6a1e9b3d4c2a8e7f%04d", n)
	importer.Repository = "https://api.getpostman.com/collections/" + c.UID
	service.Name, service.ID = name, fmt.Sprintf("66f0c6a1e9b3d4c2a8e7%04d", n)
	service.URL, service.MockURL = server+"/#/services/"+service.ID, server+"/rest/"+strings.ReplaceAll(name, " ", "+")+"/1.0.0"
	service.Operations = slices.Clone(service.Operations)
	for i, op := range service.Operations {
		op.Examples = slices.Clone(op.Examples)
		for j := range op.Examples {
			op.Examples[j].Call = strings.Replace(op.Examples[j].Call, server+"/rest/Pet+Store/1.0.0", service.MockURL, 1)
		}
		service.Operations[i] = op
	}
	c.Importer, c.Service = &importer, &service
	return c
}

func unchanged(c reconcile.CollectionResult) reconcile.CollectionResult {
	importer := *c.Importer
	importer.Change, importer.Fields, importer.Import, importer.Imported, importer.Done = reconcile.Keep, nil, "", false, nil
	c.Importer = &importer
	c.Verified = &reconcile.Verification{Scope: "service", Examples: 23}
	c.Status = reconcile.Unchanged
	return c
}

// finding of a rule that there is.
func finding(id string, message untrusted.Untrusted, line, column int, path ...untrusted.Untrusted) result.Finding {
	rules := lint.Rules()
	rule := rules[slices.IndexFunc(rules, func(r lint.Rule) bool { return r.ID == id })]
	return result.Finding{
		ID: id, Name: rule.Name, Level: rule.Level, Message: message, Hint: rule.Hint,
		Pointer: untrusted.Untrustedf("/collection/item/%d", line%7), Path: path, Line: line, Column: column,
	}
}

func warnings() []result.Finding {
	return []result.Finding{
		finding("PMI024", "of the examples \"First try\" and \"Second try\" only one can be returned: both have the criteria \"/petId=1\"", 0, 0, "Pets", "Find a pet", "Second try"),
		finding("PMI010", "the operation \"DELETE /orders/:orderId\" has no example", 0, 0, "Orders", "Cancel an order"),
		finding("PMI010", "the operation \"GET /orders/:orderId/track\" has no example", 0, 0, "Orders", "Track an order"),
	}
}

func created() *reconcile.Result {
	r := resultOf(reconcile.Apply, reconcile.Created, petStore())
	r.Changed, r.Secret = true, secret(reconcile.Create, true)
	return r
}

func unchangedOne() *reconcile.Result {
	r := resultOf(reconcile.Apply, reconcile.Unchanged, unchanged(petStore()))
	r.Secret, r.Duration = secret(reconcile.Keep, false), 812*time.Millisecond
	return r
}

func unchangedMany() *reconcile.Result {
	var all []reconcile.CollectionResult
	for i, name := range []string{"Pet Store", "Orders", "Payments", "Customers"} {
		all = append(all, unchanged(named(name, i)))
	}
	r := resultOf(reconcile.Apply, reconcile.Unchanged, all...)
	r.Secret = secret(reconcile.Keep, false)
	return r
}

func updatedWithWarnings() *reconcile.Result {
	c := petStore()
	c.Status = reconcile.Updated
	c.Importer.Change, c.Importer.Adopted = reconcile.Update, true
	c.Importer.Fields = []reconcile.FieldChange{{Field: "label team", From: "(none)", To: "pets"}}
	c.Importer.Import, c.Importer.Done = "3 differences between what Microcks serves and the collection", []string{"importer updated", "imported"}
	c.Findings = warnings()
	c.Verified.Answered, c.Verified.Skipped = 21, 2
	c.Difference = difference()
	c.Problems = []reconcile.Problem{{Level: result.Note, Text: "another artifact, \"petstore-openapi.yaml\", added 2 examples to the service", Hint: "nothing to do when another importer or upload adds them on purpose", Anchor: "leftover-examples"}}
	r := resultOf(reconcile.Apply, reconcile.Updated, c)
	r.Changed, r.Secret = true, secret(reconcile.Update, true)
	return r
}

func difference() []predict.Change {
	return []predict.Change{
		{Kind: predict.Removed, Operation: "GET /pets/:petId/vaccinations", Breaking: true},
		{Kind: predict.Removed, Operation: "GET /owners", Example: "In Madrid", Breaking: true},
		{Kind: predict.Changed, Operation: "GET /orders", Fields: []predict.Part{predict.PartDispatcher, predict.PartRules}, Breaking: true},
		{Kind: predict.Changed, Operation: "GET /pets", Example: "First page", Fields: []predict.Part{"response content"}},
		{Kind: predict.Added, Operation: "GET /health"},
		{Kind: predict.Added, Operation: "GET /health", Example: "Up"},
	}
}

func plannedUpdate() *reconcile.Result {
	c := petStore()
	c.Status = reconcile.Planned
	c.Importer.Change, c.Importer.Imported, c.Importer.Done = reconcile.Update, false, nil
	c.Importer.Fields = []reconcile.FieldChange{
		{Field: "mainArtifact", From: "true", To: "false"},
		{Field: "secret", From: "old key (1111111111111111111111aa)", To: "Postman API key for acme/shop (9a8b7c6d5e4f3a2b1c0d9e8f)"},
		{Field: "label team", From: "(none)", To: "pets"},
		{Field: "active", From: "false", To: "true"},
	}
	c.Importer.Import, c.Importer.MainArtifact = "the importer changes", false
	c.Verified, c.Difference = nil, difference()
	r := resultOf(reconcile.Plan, reconcile.Planned, c)
	r.Secret = secret(reconcile.Update, false)
	return r
}

func plannedSeveral() *reconcile.Result {
	create := named("Payments", 1)
	create.Status = reconcile.Planned
	create.Importer.Imported, create.Importer.Done, create.Verified = false, nil, nil
	create.Service.ID, create.Service.URL = "", ""
	again := unchanged(named("Orders", 2))
	again.Status, again.Verified = reconcile.Planned, nil
	again.Importer.Import = "6 differences between what Microcks serves and the collection"
	again.Difference = difference()
	keep := unchanged(named("Customers", 3))
	keep.Status, keep.Verified = reconcile.Planned, nil
	r := resultOf(reconcile.Plan, reconcile.Planned, create, again, keep)
	r.Secret = secret(reconcile.Create, false)
	return r
}

func plannedNothing() *reconcile.Result {
	c := unchanged(petStore())
	c.Status, c.Verified = reconcile.Planned, nil
	r := resultOf(reconcile.Plan, reconcile.Planned, c)
	r.Secret = secret(reconcile.Keep, false)
	return r
}

func failedMixed() *reconcile.Result {
	refused := reconcile.CollectionResult{
		Source: "12345678-0a1b2c3d-0000-4000-8000-000000000007", UID: "12345678-0a1b2c3d-0000-4000-8000-000000000007", Name: "Legacy", Status: reconcile.Failed,
		Findings: []result.Finding{finding("PMI001", "the description says no version", 0, 0)},
		Problems: []reconcile.Problem{{Level: result.Error, Text: "predicting the import: Microcks would refuse it: Version property is missing in Collection description", Hint: "Begin the collection's description with \"version=1.0 - \" and the text that you have.", Anchor: "collection-refused", ExitCode: 1, OfFindings: true}},
	}
	half := named("Payments", 4)
	half.Status, half.Verified = reconcile.Failed, nil
	half.Importer.Imported, half.Importer.Active = false, false
	half.Importer.Done = []string{"importer created", "import tried, and refused by Microcks", "importer stopped, so that the server's scan does not run into it"}
	half.Service.ID, half.Service.URL = "", ""
	half.Problems = []reconcile.Problem{{
		Level: result.Error, Text: "importing: Microcks cannot download https://api.getpostman.com/collections/" + half.UID + ", which this run could fetch with the same key (48.2 kB); the most probable cause first: (1) Microcks has no way out to that host (firewall, egress rule, proxy, DNS); (2) Microcks does not trust the certificate that it is shown, such as that of an inspecting proxy; (3) Postman's rate limit was reached between the two downloads",
		Hint: "allow Microcks to reach the host, or give its container a proxy by PROXY_HOST, PROXY_PORT, PROXY_USERNAME, PROXY_PASSWORD and PROXY_EXCLUDE", Anchor: "import-download", ExitCode: 1,
	}}
	const gone = "12345678-0a1b2c3d-0000-4000-8000-000000000008"
	lost := reconcile.CollectionResult{
		Source: gone, UID: gone, Status: reconcile.Failed,
		Problems: []reconcile.Problem{{Level: result.Error, Text: "fetching the collection " + gone + ": api.getpostman.com answered 404 Not Found: We could not find the collection you are looking for (instanceNotFoundError)", Hint: "compare the uid with the link of Share > Via API, and check that the user of the key can open the collection: Postman answers the same for one it hides", Anchor: "postman-404", ExitCode: 13}},
	}
	fine := petStore()
	fine.Findings = warnings()
	r := resultOf(reconcile.Apply, reconcile.Failed, fine, unchanged(named("Customers", 5)), refused, half, lost)
	r.Changed, r.Secret = true, secret(reconcile.Create, true)
	return r
}

func failedRun() *reconcile.Result {
	r := resultOf(reconcile.Apply, reconcile.Failed, reconcile.CollectionResult{Source: petUID, UID: petUID, Name: "Pet Store", Status: reconcile.Failed})
	r.Server = nil
	r.Problems = []reconcile.Problem{{
		Level: result.Error, Text: "reading the version of Microcks: GET https://microcks.example.com/api/version/info: dial tcp 10.0.0.7:443: connect: connection refused (after 4 attempts)",
		Hint: "check host and port in the URL, that the server runs, and that a firewall lets this runner through", Anchor: "connect-refused", ExitCode: 11,
	}}
	r.Totals.Errors = 1
	return r
}

func wrongInputs() *reconcile.Result {
	return &reconcile.Result{
		Schema: reconcile.ResultSchema, Version: "1.2.3", Status: reconcile.Failed,
		Problems: []reconcile.Problem{
			{Level: result.Error, Text: "postman-api-key: got nothing; takes a Postman API key", Hint: "set it as a secret: `postman-api-key: ${{ secrets.POSTMAN_API_KEY }}`; workflows of forks get no secrets", Anchor: "wrong-inputs", ExitCode: 2},
			{Level: result.Error, Text: "timeout: got \"5 minutes\"; takes a duration such as 5m", Hint: "write `timeout: 5m`", Anchor: "wrong-inputs", ExitCode: 2},
		},
		Totals: reconcile.Totals{Errors: 2},
	}
}

// withoutServer leaves of the calls what is known before there is a server.
func withoutServer(operations []reconcile.OperationResult) []reconcile.OperationResult {
	for _, op := range operations {
		for j := range op.Examples {
			op.Examples[j].Call = strings.Replace(op.Examples[j].Call, server, "", 1)
		}
	}
	return operations
}

func checkFile() *reconcile.Result {
	c := reconcile.CollectionResult{
		Source: "postman/pet-store.json", File: "postman/pet-store.json", Name: "Pet Store", Status: reconcile.Failed,
		Service: &reconcile.ServiceResult{Name: "Pet Store", Version: "1.0.0", Operations: withoutServer(petStoreOperations())},
	}
	const graphql = "this example of a GraphQL request breaks the import: the server answers 500"
	c.Findings = []result.Finding{
		finding("PMI010", "the operation \"DELETE /orders/:orderId\" has no example", 412, 5, "Orders", "Cancel an order"),
		finding("PMI010", "the operation \"GET /orders/:orderId/track\" has no example", 530, 5, "Orders", "Track an order"),
		finding("PMI012", graphql, 733, 9, "Search", "Search pets", "By name"),
		finding("PMI012", graphql, 790, 9, "Search", "Search pets", "By age"),
		finding("PMI024", "of the examples \"First try\" and \"Second try\" only one can be returned: both have the criteria \"/petId=1\"", 160, 11, "Pets", "Find a pet", "Second try"),
		finding("PMI024", "of the examples \"First try\" and \"Third try\" only one can be returned: both have the criteria \"/petId=1\"", 199, 11, "Pets", "Find a pet", "Third try"),
		finding("PMI031", "the parameter \"page\" of the example \"First page\" is switched off, and stored all the same", 88, 13, "Pets", "List pets"),
	}
	c.Problems = []reconcile.Problem{{Level: result.Error, Text: "predicting the import: Microcks would answer 500: Cannot invoke \"com.fasterxml.jackson.databind.ObjectMapper.readTree(String)\" because \"this.mapper\" is null", Hint: "Write the request's body as raw JSON ({\"query\": …}) instead of GraphQL, in the example too, or remove the example.", Anchor: "collection-crashes", ExitCode: 1, OfFindings: true}}
	r := resultOf(reconcile.Check, reconcile.Failed, c)
	r.Duration = 31 * time.Millisecond
	return r
}

func checkFine() *reconcile.Result {
	c := reconcile.CollectionResult{
		Source: "postman/pet-store.json", File: "postman/pet-store.json", Name: "Pet Store", Status: reconcile.Checked,
		Service: &reconcile.ServiceResult{Name: "Pet Store", Version: "1.0.0", Operations: withoutServer(petStoreOperations())},
	}
	r := resultOf(reconcile.Check, reconcile.Checked, c)
	r.Server = &reconcile.Server{Version: "1.15.0"}
	return r
}

func hundred() *reconcile.Result {
	var all []reconcile.CollectionResult
	for i := range 100 {
		c := unchanged(named(fmt.Sprintf("Service %02d", i), i))
		switch {
		case i%25 == 7:
			c.Status, c.Service, c.Importer = reconcile.Failed, nil, nil
			c.Problems = []reconcile.Problem{{Level: result.Error, Text: "fetching the collection: api.getpostman.com answered 403 Forbidden: You are not permitted to perform the action. (forbiddenError)", Hint: "have the collection shared with the user of the key", Anchor: "postman-403", ExitCode: 12}}
		case i%10 == 3:
			c = named(fmt.Sprintf("Service %02d", i), i)
			c.Status = reconcile.Updated
			c.Importer.Change, c.Importer.Fields, c.Importer.Done = reconcile.Keep, nil, []string{"imported"}
			c.Difference = difference()[:2+i%5]
		case i%40 == 5:
			c.Findings = warnings()
		}
		all = append(all, c)
	}
	r := resultOf(reconcile.Apply, reconcile.Failed, all...)
	r.Changed, r.Secret, r.Duration = true, secret(reconcile.Keep, false), 73*time.Second
	return r
}

func timedOut() *reconcile.Result {
	stopped := func(c reconcile.CollectionResult, where string) reconcile.CollectionResult {
		c.Status, c.Verified = reconcile.Failed, nil
		c.Problems = []reconcile.Problem{{
			Level: result.Error, ExitCode: 1, Anchor: "interrupted",
			Text: "the run ended before this collection was done (the time-out of 5m0s is over): " + where,
			Hint: "run again: it goes on from what is there; for a time-out raise `timeout`",
		}}
		return c
	}
	half := stopped(named("Payments", 1), "the importer was created, its import not started")
	half.Importer.Imported, half.Importer.Active, half.Importer.Done = false, false, []string{"importer created"}
	half.Service.ID, half.Service.URL = "", ""
	later := stopped(unchanged(named("Orders", 2)), "nothing was written for it")
	later.Importer.Import = "2 differences between what Microcks serves and the collection"
	last := stopped(unchanged(named("Customers", 3)), "nothing was written for it")
	last.Importer.Active = false
	last.Importer.Import = "Microcks does not serve it"
	r := resultOf(reconcile.Apply, reconcile.Failed, petStore(), half, later, last)
	r.Changed, r.Secret, r.Interrupted, r.Duration = true, secret(reconcile.Create, true), "the time-out of 5m0s is over (input `timeout`)", 300*time.Second
	return r
}

func removed() *reconcile.Result {
	c := unchanged(petStore())
	c.Status, c.Service, c.Verified = reconcile.Removed, nil, nil
	c.Importer.Change, c.Importer.Active = reconcile.Delete, false
	c.Importer.Done = []string{"service Pet Store 1.0.0 deleted", "importer deleted"}
	c.Importer.RemovedServices = []string{"Pet Store 1.0.0"}
	r := resultOf(reconcile.Remove, reconcile.Removed, c)
	r.Changed = true
	return r
}

// cases are the results whose rendering is kept as golden files.
func cases() map[string]*reconcile.Result {
	return map[string]*reconcile.Result{
		"created":        created(),
		"unchanged":      unchangedOne(),
		"unchanged-many": unchangedMany(),
		"updated":        updatedWithWarnings(),
		"plan-update":    plannedUpdate(),
		"plan-several":   plannedSeveral(),
		"plan-nothing":   plannedNothing(),
		"failed-mixed":   failedMixed(),
		"failed-run":     failedRun(),
		"wrong-inputs":   wrongInputs(),
		"check-file":     checkFile(),
		"check-fine":     checkFine(),
		"hundred":        hundred(),
		"interrupted":    timedOut(),
		"removed":        removed(),
	}
}
