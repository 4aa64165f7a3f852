package report

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

const (
	server  = "https://microcks.example.com"
	docsURL = "https://github.com/acme/postman-microcks-importer/blob/v1/docs"
)

func docs() Context { return Context{DocsURL: docsURL} }

// operation of a service with examples given as "name status path".
func operation(name, dispatcher, rules text.Untrusted, examples ...string) result.Operation {
	op := result.Operation{Name: name, Dispatcher: dispatcher, Rules: rules, Examples: []result.Example{}}
	method, _, _ := strings.Cut(string(name), " ")
	for _, e := range examples {
		parts := strings.Split(e, "; ")
		op.Examples = append(op.Examples, result.Example{
			Name: text.Untrusted(parts[0]), Status: text.Untrusted(parts[1]), Call: &result.Call{Method: method, Path: text.Untrusted(parts[2])},
		})
	}
	return op
}

func petStoreOperations() []result.Operation {
	return []result.Operation{
		operation("GET /pets", "URI_PARAMS", "page && status",
			"First page; 200; /pets?page=1&status=available", "Second page; 200; /pets?page=2&status=available",
			"Nothing sold yet; 200; /pets?page=1&status=sold"),
		operation("POST /pets", "", "", "New cat; 201; /pets"),
		operation("GET /pets/:petId", "URI_PARTS", "petId", "Minka; 200; /pets/1", "Rex; 200; /pets/2", "Unknown pet; 404; /pets/999"),
		operation("PUT /pets/:petId", "URI_PARTS", "petId", "Minka is older now; 200; /pets/1"),
		operation("DELETE /pets/:petId", "URI_PARTS", "petId", "Rex has left; 204; /pets/2"),
		operation("GET /pets/:petId/photos", "URI_PARTS", "petId", "Photos of Minka; 200; /pets/1/photos", "No photos; 200; /pets/2/photos"),
		operation("POST /pets/:petId/photos", "URI_PARTS", "petId", "Upload; 201; /pets/1/photos"),
		operation("GET /owners", "URI_PARAMS", "city", "In Berlin; 200; /owners?city=Berlin", "In Paris; 200; /owners?city=Paris"),
		operation("POST /owners", "", "", "New owner; 201; /owners"),
		operation("GET /owners/:ownerId", "URI_PARTS", "ownerId", "Ada; 200; /owners/17", "Nobody; 404; /owners/0"),
		operation("GET /orders", "URI_ELEMENTS", " ?? status && limit",
			"Open orders; 200; /orders?status=open&limit=10", "None; 200; /orders?status=lost&limit=10"),
		operation("POST /orders", "", "", "Order a leash; 201; /orders"),
		operation("GET /orders/:orderId", "URI_PARTS", "orderId", "Leash; 200; /orders/5001", "Gone; 410; /orders/4000"),
		operation("GET /health", "", "", "Up; 200; /health"),
	}
}

const petUID = "12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90"

func petStore() result.Collection {
	return result.Collection{
		Source: petUID, UID: petUID, Name: "Pet Store", Bytes: 48211, Status: result.Created,
		Importer: &result.Importer{
			ID: "5f0c6a1e9b3d4c2a8e7f6b5d", Name: "Pet Store", URL: server + "/#/importers",
			Repository: "https://api.getpostman.com/collections/" + petUID, Active: true,
			Way: result.Way{MainArtifact: true, Change: result.Create, Fields: []result.FieldChange{
				field(result.FieldName, "", "", "Pet Store"),
				field(result.FieldRepositoryURL, "", "", "https://api.getpostman.com/collections/"+petUID),
				field(result.FieldMainArtifact, "", "false", "true"),
				field(result.FieldSecret, "", "(none)", "Postman API key for acme/shop (9a8b7c6d5e4f3a2b1c0d9e8f)"),
				field(result.FieldLabel, "managed-by", "(none)", "postman-microcks-importer"),
				field(result.FieldLabel, "managed-by-repository", "(none)", "acme/shop"),
			}, Import: because(result.ImporterIsNew), Imported: true, Done: did(result.ImporterCreated, result.CollectionImported)},
		},
		Service: &result.Service{
			ID: "66f0c6a1e9b3d4c2a8e7f6b5", Name: "Pet Store", Version: "1.0.0",
			URL: server + "/#/services/66f0c6a1e9b3d4c2a8e7f6b5", MockPath: "/rest/Pet+Store/1.0.0", MockURL: server + "/rest/Pet+Store/1.0.0",
			Operations: petStoreOperations(),
		},
		Verified: proved(petStoreOperations()),
	}
}

// proved is what came of calling the mocks of operations that answer as saved.
func proved(operations []result.Operation) *result.Verification {
	m := &result.Mocks{}
	v := &result.Verification{Scope: result.ScopeMocks, Mocks: m}
	for _, op := range operations {
		n := len(op.Examples)
		o := result.MockedOperation{Name: op.Name, Outcome: result.MockProved, Examples: n, Calls: n, Candidates: 1}
		o.Call, o.AnsweredBy = op.Examples[0].Call, []text.Untrusted{op.Examples[0].Name}
		v.Examples, m.Calls, m.Proved = v.Examples+n, m.Calls+n, m.Proved+1
		m.Operations = append(m.Operations, o)
	}
	return v
}

// notAllProved makes the mocks of three operations what they should not be.
func notAllProved(m *result.Mocks) {
	all := m.Operations
	m.Proved, m.Spoilt, m.NotCalled, m.ExamplesNotCalled = m.Proved-2, 1, 1, 2
	none := &all[4]
	none.Outcome, none.Calls, none.Call, none.AnsweredBy, none.Candidates = result.MockNotCalled, 0, nil, nil, 0
	none.NotCalled = []result.NotCalled{{Reason: result.CallProxy, Examples: 1}}
	spoilt := &all[3]
	spoilt.Outcome, spoilt.Flaw = result.MockSpoilt, result.FlawStatus
	part := &all[2]
	part.Calls, part.NotCalled = 2, []result.NotCalled{{Reason: result.CallUnselected, Examples: 1}}
	m.Calls -= 2
	slices.SortStableFunc(m.Operations, func(a, b result.MockedOperation) int { return result.WorseMock(&a, &b) })
}

func ran(mode result.Mode, status result.Status, collections ...result.Collection) *result.Result {
	r := &result.Result{
		Schema: result.Schema, Version: "1.2.3", Mode: mode, Status: status,
		ModeReason: "push to the default branch main", Collections: collections, DurationMillis: 4230,
	}
	if mode == result.Plan || mode == result.Check {
		r.ModeReason = "pull request"
	}
	if mode != result.Check {
		r.Server = &result.Server{URL: server, Version: "1.15.0", SignIn: true, Account: "ci-admin", Roles: []string{"admin", "manager", "user"}}
	}
	for i := range collections {
		c := &collections[i]
		c.Judged = c.Name != ""
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

// field that changes; "(none)" stands for no value.
func field(f result.Field, key, from, to string) result.FieldChange {
	value := func(s string) *text.Untrusted {
		if s == "(none)" {
			return nil
		}
		u := text.Untrusted(s)
		return &u
	}
	return result.FieldChange{Field: f, Key: text.Untrusted(key), From: value(from), To: value(to)}
}

func did(kinds ...result.DoneKind) []result.Done {
	var all []result.Done
	for _, k := range kinds {
		all = append(all, result.Done{Kind: k})
	}
	return all
}

func differs(n int) *result.ImportReason {
	return &result.ImportReason{Kind: result.ServesOther, Differences: n}
}

func because(kind result.ImportKind) *result.ImportReason { return &result.ImportReason{Kind: kind} }

func secret(change result.Change, done bool) []result.Secret {
	s := result.Secret{ID: "9a8b7c6d5e4f3a2b1c0d9e8f", Name: "Postman API key for acme/shop", Change: change, Done: done, Comparable: true}
	switch change {
	case result.Create:
		s.Fields = []result.FieldChange{{Field: result.FieldToken, Hidden: true}, field(result.FieldTokenHeader, "", "(none)", "X-API-Key")}
	case result.Update:
		s.Fields = []result.FieldChange{{Field: result.FieldToken, Hidden: true}}
	}
	return []result.Secret{s}
}

// named is the Pet Store under another name.
func named(name string, n int) result.Collection {
	c := petStore()
	c.Name = text.Untrusted(name)
	c.UID = fmt.Sprintf("12345678-8f4c2a1e-6b7d-4c39-9f1a-%012d", n)
	c.Source = text.Untrusted(c.UID)
	importer, service := *c.Importer, *c.Service
	importer.Name, importer.ID = c.Name, fmt.Sprintf("5f0c6a1e9b3d4c2a8e7f%04d", n)
	importer.Repository = "https://api.getpostman.com/collections/" + c.Source
	service.Name, service.ID = c.Name, fmt.Sprintf("66f0c6a1e9b3d4c2a8e7%04d", n)
	service.URL, service.MockPath = server+"/#/services/"+service.ID, text.Untrusted("/rest/"+strings.ReplaceAll(name, " ", "+")+"/1.0.0")
	service.MockURL = server + service.MockPath
	c.Importer, c.Service = &importer, &service
	return c
}

func unchanged(c result.Collection) result.Collection {
	importer := *c.Importer
	importer.Change, importer.Fields, importer.Import, importer.Imported, importer.Done = result.Keep, nil, nil, false, nil
	c.Importer = &importer
	c.Verified = &result.Verification{Scope: result.ScopeService, Examples: 23}
	c.Status = result.Unchanged
	return c
}

// finding of a rule that there is.
func finding(id string, message text.Untrusted, line, column int, path ...text.Untrusted) result.Finding {
	rules := lint.Rules()
	rule := rules[slices.IndexFunc(rules, func(r lint.Rule) bool { return r.ID == id })]
	return result.Finding{
		ID: id, Name: rule.Name, Level: rule.Level, Message: message, Hint: rule.Hint,
		Pointer: text.Untrustedf("/collection/item/%d", line%7), Path: path, Line: line, Column: column,
	}
}

func warnings() []result.Finding {
	return []result.Finding{
		finding("PMI024", "of the examples \"First try\" and \"Second try\" only one can be returned: both have the criteria \"/petId=1\"",
			0, 0, "Pets", "Find a pet", "Second try"),
		finding("PMI010", "the operation \"DELETE /orders/:orderId\" has no example", 0, 0, "Orders", "Cancel an order"),
		finding("PMI010", "the operation \"GET /orders/:orderId/track\" has no example", 0, 0, "Orders", "Track an order"),
	}
}

func created() *result.Result {
	r := ran(result.Apply, result.Created, petStore())
	r.Changed, r.Written, r.Secrets = true, true, secret(result.Create, true)
	return r
}

func unchangedOne() *result.Result {
	r := ran(result.Apply, result.Unchanged, unchanged(petStore()))
	r.Secrets, r.DurationMillis = secret(result.Keep, false), 812
	return r
}

func unchangedMany() *result.Result {
	var all []result.Collection
	for i, name := range []string{"Pet Store", "Orders", "Payments", "Customers"} {
		all = append(all, unchanged(named(name, i)))
	}
	r := ran(result.Apply, result.Unchanged, all...)
	r.Secrets = secret(result.Keep, false)
	return r
}

func updatedWithWarnings() *result.Result {
	c := petStore()
	c.Status = result.Updated
	c.Importer.Change, c.Importer.Adopted = result.Update, true
	c.Importer.Fields = []result.FieldChange{field(result.FieldLabel, "team", "(none)", "pets")}
	c.Importer.Import, c.Importer.Done = differs(3), did(result.ImporterUpdated, result.CollectionImported)
	c.Findings = warnings()
	notAllProved(c.Verified.Mocks)
	c.Difference = difference()
	c.Problems = []result.Problem{{
		Level: result.Note, Text: "another artifact, \"petstore-openapi.yaml\", added 2 examples to the service",
		Hint: "nothing to do when another importer or upload adds them on purpose", Anchor: "leftover-examples",
	}}
	r := ran(result.Apply, result.Updated, c)
	r.Changed, r.Written, r.Secrets = true, true, secret(result.Update, true)
	return r
}

func difference() []result.Difference {
	return []result.Difference{
		{Kind: result.Vanishes, Operation: "GET /pets/:petId/vaccinations", Breaking: true},
		{Kind: result.Vanishes, Operation: "GET /owners", Example: "In Madrid", Breaking: true},
		{Kind: result.Changes, Operation: "GET /orders", Fields: []result.Part{
			result.PartDispatcher, result.PartRules,
		}, Values: []result.ChangedPart{
			{Field: result.PartDispatcher, From: new(text.Untrusted("URI_PARAMS")), To: new(text.Untrusted("URI_ELEMENTS"))},
			{Field: result.PartRules, To: new(text.Untrusted(" ?? status && limit"))},
		}, Breaking: true},
		{Kind: result.Changes, Operation: "GET /pets", Example: "First page", Fields: []result.Part{result.PartResponseBody}},
		{Kind: result.Appears, Operation: "GET /health"},
		{Kind: result.Appears, Operation: "GET /health", Example: "Up"},
	}
}

// consumers is what they would notice of [difference].
func consumers() *result.Consumers {
	is := func(s string) *text.Untrusted { return new(text.Untrusted(s)) }
	return &result.Consumers{Against: result.AgainstServed, Replayed: 23, Untold: 1, Breaking: 3, Notices: []result.Notice{
		{
			Kind: result.NoticeRemoved, Operation: "GET /pets/:petId/vaccinations", Example: "Rabies", Breaking: true,
			Request: "GET /rest/Pet%20Store/1.0.0/pets/7/vaccinations", Differences: []result.NoticeDifference{
				{Aspect: result.AspectStatus, From: is("200"), To: is("404"), Breaking: true},
			},
		},
		{
			Kind: result.NoticeRemoved, Operation: "GET /owners", Example: "In Madrid", Breaking: true,
			Request: "GET /rest/Pet%20Store/1.0.0/owners?city=Madrid", Differences: []result.NoticeDifference{
				{Aspect: result.AspectStatus, From: is("200"), To: is("400"), Breaking: true},
			},
		},
		{
			Kind: result.NoticeChanged, Operation: "GET /pets", Example: "First page", Breaking: true,
			Request: "GET /rest/Pet%20Store/1.0.0/pets?page=1", Accept: "application/json", Differences: []result.NoticeDifference{
				{Aspect: result.AspectType, At: "$[0].age", From: is("number"), To: is("string"), Breaking: true},
				{Aspect: result.AspectMember, At: "$[0].owner", From: is("object"), Breaking: true},
				{Aspect: result.AspectValue, At: "$[0].name", From: is("Rex"), To: is("Rexx")},
			},
		},
		{
			Kind: result.NoticeRenamed, Operation: "GET /orders", Example: "Open", Successor: "Open orders",
			Request: "GET /rest/Pet%20Store/1.0.0/orders",
		},
		{Kind: result.NoticeAdded, Operation: "GET /health", Example: "Up", Request: "GET /rest/Pet%20Store/1.0.0/health"},
	}}
}

func plannedUpdate() *result.Result {
	c := petStore()
	c.Status = result.Planned
	c.Importer.Change, c.Importer.Imported, c.Importer.Done = result.Update, false, nil
	c.Importer.Fields = []result.FieldChange{
		field(result.FieldMainArtifact, "", "true", "false"),
		field(result.FieldSecret, "", "old key (1111111111111111111111aa)", "Postman API key for acme/shop (9a8b7c6d5e4f3a2b1c0d9e8f)"),
		field(result.FieldLabel, "team", "(none)", "pets"),
		field(result.FieldActive, "", "false", "true"),
	}
	c.Importer.Import, c.Importer.MainArtifact = because(result.ImporterChanges), false
	c.Verified, c.Difference, c.Consumers = nil, difference(), consumers()
	r := ran(result.Plan, result.Planned, c)
	r.Secrets = secret(result.Update, false)
	return r
}

func plannedSeveral() *result.Result {
	create := named("Payments", 1)
	create.Status = result.Planned
	create.Importer.Imported, create.Importer.Done, create.Verified = false, nil, nil
	create.Service.ID, create.Service.URL = "", ""
	again := unchanged(named("Orders", 2))
	again.Status, again.Verified = result.Planned, nil
	again.Importer.Import = differs(6)
	again.Difference = difference()
	keep := unchanged(named("Customers", 3))
	keep.Status, keep.Verified = result.Planned, nil
	r := ran(result.Plan, result.Planned, create, again, keep)
	r.Secrets = secret(result.Create, false)
	return r
}

func plannedNothing() *result.Result {
	c := unchanged(petStore())
	c.Status, c.Verified = result.Planned, nil
	r := ran(result.Plan, result.Planned, c)
	r.Secrets = secret(result.Keep, false)
	return r
}

func failedMixed() *result.Result {
	refused := result.Collection{
		Source: "12345678-0a1b2c3d-0000-4000-8000-000000000007", UID: "12345678-0a1b2c3d-0000-4000-8000-000000000007",
		Name: "Legacy", Status: result.Failed,
		Findings: []result.Finding{finding("PMI001", "the description names no version", 0, 0)},
		Problems: []result.Problem{{
			Level: result.Error,
			Text:  "predicting the import: Microcks would refuse it: Version property is missing in Collection description",
			Hint: "begin the collection's description with \"version=1.0 - \" and leave the rest as it is, " +
				"or set `service-version`: the collection is uploaded with it",
			Anchor: "collection-refused", ExitCode: 1, OfFindings: true,
		}},
	}
	half := named("Payments", 4)
	half.Status, half.Verified = result.Failed, nil
	half.Importer.Imported, half.Importer.Active = false, false
	half.Importer.Done = did(result.ImporterCreated, result.ImportRefused, result.ImporterStopped)
	half.Service.ID, half.Service.URL = "", ""
	half.Problems = []result.Problem{{
		Level: result.Error,
		Text: "importing: Microcks cannot download https://api.getpostman.com/collections/" + half.Source + ", which this run could " +
			"fetch with the same key (48.2 kB); the most probable cause first: (1) Microcks has no way out to that host (firewall, " +
			"egress rule, proxy, DNS); (2) Microcks does not trust the certificate that it is shown, such as that of an inspecting " +
			"proxy; (3) Postman's rate limit was reached between the two downloads",
		Hint: "allow Microcks to reach the host, or give its container a proxy by PROXY_HOST, PROXY_PORT, PROXY_USERNAME, " +
			"PROXY_PASSWORD and PROXY_EXCLUDE",
		Anchor: "import-download", ExitCode: 1,
	}}
	const gone = "12345678-0a1b2c3d-0000-4000-8000-000000000008"
	lost := result.Collection{
		Source: gone, UID: gone, Status: result.Failed,
		Problems: []result.Problem{{
			Level: result.Error,
			Text: "fetching the collection " + gone + ": api.getpostman.com answered 404 Not Found: We could not find the collection " +
				"you are looking for (instanceNotFoundError)",
			Hint: "compare the uid with the link of Share > Via API, and check that the user of the key can open the collection: " +
				"Postman answers the same for one it hides",
			Anchor: "postman-404", ExitCode: 13,
		}},
	}
	fine := petStore()
	fine.Findings = warnings()
	r := ran(result.Apply, result.Failed, fine, unchanged(named("Customers", 5)), refused, half, lost)
	r.Changed, r.Written, r.Secrets = true, true, secret(result.Create, true)
	return r
}

func failedRun() *result.Result {
	r := ran(result.Apply, result.Failed, result.Collection{Source: petUID, UID: petUID, Status: result.Failed})
	r.Server = nil
	r.Problems = []result.Problem{{
		Level: result.Error,
		Text: "reading the version of Microcks: GET https://microcks.example.com/api/version/info: dial tcp 10.0.0.7:443: connect: " +
			"connection refused (after 4 attempts)",
		Hint:   "check host and port in the URL, that the server runs, and that a firewall lets this runner through",
		Anchor: "connect-refused", ExitCode: 11, Headline: "Microcks cannot be reached",
	}}
	r.Totals.Errors = 1
	return r
}

func wrongInputs() *result.Result {
	return &result.Result{
		Schema: result.Schema, Version: "1.2.3", Status: result.Failed,
		Problems: []result.Problem{
			{
				Level: result.Error, Text: "postman-api-key: got nothing; takes a Postman API key",
				Headline: "2 problems with the inputs",
				Hint:     "set it as a secret: `postman-api-key: ${{ secrets.POSTMAN_API_KEY }}`; workflows of forks get no secrets",
				Anchor:   "wrong-inputs", ExitCode: 2,
			},
			{
				Level: result.Error, Text: "timeout: got \"5 minutes\"; takes a duration such as 5m", Hint: "write `timeout: 5m`",
				Anchor: "wrong-inputs", ExitCode: 2,
			},
		},
		Totals: result.Totals{Errors: 2},
	}
}

func checkFile() *result.Result {
	c := result.Collection{
		Source: "postman/pet-store.json", File: "postman/pet-store.json", Name: "Pet Store", Status: result.Failed,
		Service: &result.Service{Name: "Pet Store", Version: "1.0.0", MockPath: "/rest/Pet+Store/1.0.0", Operations: petStoreOperations()},
	}
	const graphql = "this example of a GraphQL request breaks the import: the server answers 500"
	c.Findings = []result.Finding{
		finding("PMI010", "the operation \"DELETE /orders/:orderId\" has no example", 412, 5, "Orders", "Cancel an order"),
		finding("PMI010", "the operation \"GET /orders/:orderId/track\" has no example", 530, 5, "Orders", "Track an order"),
		finding("PMI012", graphql, 733, 9, "Search", "Search pets", "By name"),
		finding("PMI012", graphql, 790, 9, "Search", "Search pets", "By age"),
		finding("PMI024", "of the examples \"First try\" and \"Second try\" only one can be returned: both have the criteria \"/petId=1\"",
			160, 11, "Pets", "Find a pet", "Second try"),
		finding("PMI024", "of the examples \"First try\" and \"Third try\" only one can be returned: both have the criteria \"/petId=1\"",
			199, 11, "Pets", "Find a pet", "Third try"),
		finding("PMI031", "the parameter \"page\" of the example \"First page\" is switched off, and stored all the same",
			88, 13, "Pets", "List pets"),
	}
	c.Problems = []result.Problem{{
		Level: result.Error,
		Text: "predicting the import: Microcks would answer 500: Cannot invoke " +
			"\"com.fasterxml.jackson.databind.ObjectMapper.readTree(String)\" because \"this.mapper\" is null",
		Hint:   "write the request's body as raw JSON ({\"query\": …}) instead of GraphQL, in the example too, or remove the example",
		Anchor: "collection-crashes", ExitCode: 1, OfFindings: true,
	}}
	r := ran(result.Check, result.Failed, c)
	r.DurationMillis = 31
	return r
}

func checkFine() *result.Result {
	c := result.Collection{
		Source: "postman/pet-store.json", File: "postman/pet-store.json", Name: "Pet Store", Status: result.Checked,
		Service: &result.Service{Name: "Pet Store", Version: "1.0.0", MockPath: "/rest/Pet+Store/1.0.0", Operations: petStoreOperations()},
	}
	r := ran(result.Check, result.Checked, c)
	r.Server = &result.Server{Version: "1.15.0"}
	return r
}

func hundred() *result.Result {
	var all []result.Collection
	for i := range 100 {
		c := unchanged(named(fmt.Sprintf("Service %02d", i), i))
		switch {
		case i%25 == 7:
			c.Status, c.Service, c.Importer = result.Failed, nil, nil
			c.Problems = []result.Problem{{
				Level: result.Error,
				Text: "fetching the collection: api.getpostman.com answered 403 Forbidden: " +
					"You are not permitted to perform the action. (forbiddenError)",
				Hint: "have the collection shared with the user of the key", Anchor: "postman-403", ExitCode: 12,
			}}
		case i%10 == 3:
			c = named(fmt.Sprintf("Service %02d", i), i)
			c.Status = result.Updated
			c.Importer.Change, c.Importer.Fields, c.Importer.Done = result.Keep, nil, did(result.CollectionImported)
			c.Difference = difference()[:2+i%5]
		case i%40 == 5:
			c.Findings = warnings()
		}
		all = append(all, c)
	}
	r := ran(result.Apply, result.Failed, all...)
	r.Changed, r.Written, r.Secrets, r.DurationMillis = true, true, secret(result.Keep, false), 73_000
	return r
}

func timedOut() *result.Result {
	stopped := func(c result.Collection) result.Collection {
		c.Status, c.Verified = result.Failed, nil
		c.Problems = []result.Problem{{
			Level: result.Error, ExitCode: 1, Anchor: "interrupted",
			Text: "the run ended before this collection was done (the time limit of 5m0s is over)",
			Hint: "run again: it goes on from what is there; for a time-out raise `timeout`",
		}}
		return c
	}
	half := stopped(named("Payments", 1))
	half.Importer.Imported, half.Importer.Active, half.Importer.Done = false, false, did(result.ImporterCreated)
	half.Service.ID, half.Service.URL = "", ""
	later := stopped(unchanged(named("Orders", 2)))
	later.Importer.Import = differs(2)
	last := stopped(unchanged(named("Customers", 3)))
	last.Importer.Active = false
	last.Importer.Import = because(result.NotServed)
	r := ran(result.Apply, result.Failed, petStore(), half, later, last)
	r.Changed, r.Written, r.Secrets, r.DurationMillis = true, true, secret(result.Create, true), 300_000
	r.Interrupted = &result.Interruption{Kind: result.TimedOut, Cause: "the time limit of 5m0s is over"}
	return r
}

func removed() *result.Result {
	c := unchanged(petStore())
	c.Status, c.Service, c.Verified = result.Removed, nil, nil
	c.Importer.Change, c.Importer.Active = result.Delete, false
	c.Importer.Done = []result.Done{
		{Kind: result.ServiceDeleted, ID: "66f0c6a1e9b3d4c2a8e7f6b5", Name: "Pet Store", Version: "1.0.0"},
		{Kind: result.ImporterDeleted},
	}
	r := ran(result.Remove, result.Removed, c)
	r.Changed, r.Written = true, true
	return r
}

// leftovers are some of each kind, with what a plan decides of them.
func leftovers() *result.Leftovers {
	importer := func(n int, name text.Untrusted, active bool) result.Leftover {
		l := result.Leftover{
			Kind: result.LeftoverImporter, ID: fmt.Sprintf("5f0c6a1e9b3d4c2a8e7f600%d", n), Name: name, URL: server + "/#/importers",
			Source: text.Untrusted(fmt.Sprintf("12345678-8f4c2a1e-6b7d-4c39-9f1a-00000000000%d", n)), Active: active,
			Decision: result.LeftoverToRemove,
		}
		if active {
			l.Polls = result.Polls{Least: 372, Most: 744}
		}
		return l
	}
	kept := func(l result.Leftover, why result.KeptKind, by text.Untrusted) result.Leftover {
		l.Decision, l.Kept, l.By = result.LeftoverKept, why, by
		return l
	}
	uploaded := func(n int, name, file text.Untrusted) result.Leftover {
		l := importer(n, name, false)
		l.Kind, l.Version, l.File, l.Source = result.LeftoverService, "1.0", file, "0123456789abcdef01234567.json"
		l.URL = server + "/#/services/" + l.ID
		return l
	}
	orders := importer(1, "Orders", true)
	orders.Services = []result.LeftService{
		{ID: "1", Name: "Orders", Version: "1.0"}, {ID: "2", Name: "Orders", Version: "2.0", Kept: result.KeptOther, By: "orders-openapi.yaml"},
	}
	return &result.Leftovers{
		Manifest: ".github/postman.yaml", Owned: 41, Prune: true, Polls: result.Polls{Least: 744, Most: 1488},
		List: []result.Leftover{
			orders, kept(importer(2, "Letters", true), result.KeptInPostman, ""), kept(importer(3, "Fees", false), result.KeptLater, "4712"),
			uploaded(4, "Tariffs", "postman/tariffs.json"), kept(uploaded(5, "Parcels", ""), result.KeptFed, "Parcels (by hand)"),
		},
	}
}

func plannedPruning() *result.Result {
	r := plannedNothing()
	r.Leftovers, r.Changed = leftovers(), true
	r.Gone = []result.Gone{{Name: "Orders", Version: "1.0", Consumers: &result.Consumers{
		Against: result.AgainstServed, Replayed: 1, Breaking: 1,
		Notices: []result.Notice{{
			Kind: result.NoticeRemoved, Operation: "GET /orders", Example: "Open orders", Request: "GET /rest/Orders/1.0/orders", Breaking: true,
			Fingerprint: "0123456789abcdef0123456789abcdef",
		}},
	}}}
	return r
}

func pruned() *result.Result {
	r := unchangedOne()
	r.Leftovers, r.Status, r.Changed, r.Written = leftovers(), result.Failed, true, true
	r.Leftovers.Removed = 1
	all := r.Leftovers.List
	all[0].Decision, all[0].Done = result.LeftoverFailed, []result.Done{{Kind: result.ServiceDeleted, Name: "Orders", Version: "1.0"}}
	all[3].Decision, all[3].Done = result.LeftoverRemoved, []result.Done{{Kind: result.ServiceDeleted, Name: "Tariffs", Version: "1.0"}}
	r.Problems = []result.Problem{{
		Level: result.Error, ExitCode: 12, Anchor: "microcks-500", Text: "pruning Orders: deleting importer: Microcks answered 500",
		Hint: "look into Microcks' own log",
	}}
	r.Totals.Errors++
	return r
}

// cases are the results whose rendering is kept as golden files.
func cases() map[string]*result.Result {
	return map[string]*result.Result{
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
		"plan-pruning":   plannedPruning(),
		"pruned":         pruned(),
	}
}
