package microcks

import (
	"bytes"
	"os"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/postman"
)

// scan lets the server's schedule run once over all jobs. A real server must
// have a short one: MICROCKS_SCANS is its interval, such as 3s for a server
// with SERVICES_UPDATE_INTERVAL="*/3 * * * * *". It must have no other jobs.
func (c *contract) scan(t *testing.T) {
	t.Helper()
	if c.fake != nil {
		c.fake.Scan(t.Context())
		return
	}
	interval, err := time.ParseDuration(os.Getenv("MICROCKS_SCANS"))
	if err != nil {
		t.Skip("set MICROCKS_SCANS to the interval of a server that scans every few seconds, such as 3s")
	}
	time.Sleep(interval + interval/2)
}

// One after the other: a real server's scans are for all tests.
func TestContractScan(t *testing.T) {
	each(t, func(t *testing.T, c *contract) {
		c.scan(t)
		key := c.key(t)
		address := c.serve(t, 1, c.pets("Pets"))
		idle := c.importer(t, 2, c.serve(t, 2, c.pets("Idle")), map[string]any{"secretRef": key})
		id := c.importer(t, 1, address, map[string]any{"secretRef": key, "active": true})
		read := func() map[string]any { return c.get(t, "/jobs/"+id).object(t) }
		tag := func() string {
			for _, r := range c.source.Requests() {
				if r.Header.Get("If-None-Match") != "" {
					t.Errorf("asked on a condition: %v", r.Header)
				}
			}
			s, _ := read()["etag"].(string)
			return s
		}

		c.scan(t)
		first := read()
		if first["lastImportDate"] == nil || first["lastImportError"] != nil || tag() != postman.ETag(mustWrap(t, c.pets("Pets"))) ||
			first["active"] != true {
			t.Errorf("first scan: %v", first)
		}
		if got := c.get(t, "/jobs/"+idle).object(t); got["lastImportDate"] != nil {
			t.Errorf("an inactive job was imported: %v", got)
		}
		c.source.ForgetRequests()
		c.scan(t)
		if got := read(); got["lastImportDate"] != first["lastImportDate"] {
			t.Error("imported though the tag is the same")
		}
		if c.fake != nil && len(c.source.Requests()) != 1 {
			t.Errorf("%d downloads for one look", len(c.source.Requests()))
		}

		// A change is seen; a start by hand stores no tag, and changes none.
		c.serve(t, 1, bytes.ReplaceAll(c.pets("Pets"), []byte("cat"), []byte("cow")))
		c.scan(t)
		changed := read()
		if changed["lastImportDate"] == first["lastImportDate"] || tag() == first["etag"] {
			t.Errorf("changed: %v", changed)
		}
		c.start(t, id)
		if tag() != changed["etag"] {
			t.Errorf("a start changed the tag")
		}

		// A failure's tag is stored too: it is not tried again until the tag is another.
		fault, err := postman.Named("unauthorized")
		if err != nil {
			t.Fatal(err)
		}
		fault.Times = -1
		c.source.Fail(fault)
		c.scan(t)
		failed := read()
		if failed["lastImportError"] != address+" cannot be downloaded" || tag() == "" || tag() == changed["etag"] || failed["active"] != true {
			t.Errorf("failed: %v", failed)
		}
		c.scan(t)
		if got := read(); got["lastImportDate"] != failed["lastImportDate"] {
			t.Error("a failed import was tried again")
		}
		c.source.Heal()
		c.scan(t)
		if got := read(); got["lastImportError"] != nil || tag() != changed["etag"] {
			t.Errorf("healed: %v", got)
		}

		// Without tags every scan imports.
		fault, _ = postman.Named("no-etag")
		fault.Times = -1
		c.source.Fail(fault)
		c.scan(t)
		once := read()
		again := once
		for range 20 { // two scans can fall into one millisecond
			c.scan(t)
			if again = read(); again["lastImportDate"] != once["lastImportDate"] {
				break
			}
		}
		if again["lastImportDate"] == once["lastImportDate"] || tag() != "" {
			t.Errorf("without tags: %v", again)
		}
		c.source.Heal()

		// A job whose import crashes keeps the jobs after it from being looked at.
		graphQL := bytes.Replace(mustWrap(t, c.pets("Graph")), []byte(`{"mode":"raw","raw":"{}"}`),
			[]byte(`{"mode":"graphql","graphql":{"query":"{a}"}}`), 1)
		crashing := c.importer(t, 3, c.serveRaw(3, graphQL), map[string]any{"secretRef": key, "active": true})
		after := c.importer(t, 4, c.serve(t, 4, c.pets("After")), map[string]any{"secretRef": key, "active": true})
		for range 2 {
			c.scan(t)
		}
		if got := c.get(t, "/jobs/"+after).object(t); got["lastImportDate"] != nil {
			t.Errorf("the job after a crash was imported: %v", got)
		}
		if got := c.get(t, "/jobs/"+crashing).object(t); got["lastImportDate"] != nil || got["etag"] != nil {
			t.Errorf("the crashing job was saved: %v", got)
		}
		c.do(t, "PUT", "/jobs/"+crashing+"/stop", nil)
		c.scan(t)
		if got := c.get(t, "/jobs/"+after).object(t); got["lastImportDate"] == nil {
			t.Errorf("after the crashing job was stopped: %v", got)
		}
	})
}
