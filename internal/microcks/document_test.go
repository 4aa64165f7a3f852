package microcks_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
)

// What this client does not know is written back as it was, on every level.
func TestUnknownMembersAreKept(t *testing.T) {
	t.Parallel()
	const document = `{
		"id": "1", "name": "Pets", "repositoryUrl": "https://x/y", "mainArtifact": true, "active": false,
		"createdDate": 1700000000000, "lastImportDate": 0, "etag": "", "frequency": "0 0/2 * * *", "Name": "<other>",
		"metadata": {"labels": {}, "annotations": {"a": "b"}, "createdOn": 12345678901234567890, "odd": {"a": [1, null, "ü"]}},
		"secretRef": {"secretId": "2", "name": "key", "scope": null},
		"serviceRefs": [{"serviceId": "3", "name": "Pets", "version": "1", "kind": "REST"}],
		"repositoryDisableSSLValidation": false
	}`
	var job microcks.ImportJob
	if err := json.Unmarshal([]byte(document), &job); err != nil {
		t.Fatal(err)
	}
	if job.Name != "Pets" || job.SecretRef.SecretID != "2" || job.Annotation("a") != "b" || job.Unknown["Name"] == nil {
		t.Errorf("read as %+v", job)
	}
	written, err := json.Marshal(&job)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(members(t, []byte(document)), members(t, written)); diff != "" {
		t.Errorf("written back (-read +written):\n%s", diff)
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{}`:                      `{"name":""}`,
		`null`:                    `{"name":""}`,
		`{"name":"a","token":""}`: `{"name":"a","token":""}`,
		`{"-":1,"name":"a"}`:      `{"name":"a","-":1}`,
		" { \"name\" : \"a\" , \"x\"\n:\t[ { } , \"]\\\"\" ] , \"y\" : -1e5 } ": `{"name":"a","x":[{},"]\""],"y":-1e5}`,
		`{"name":"a","x":1,"n\u0061me":"b","x":2}`:                              `{"name":"b","x":2}`,
		`{"name":"a","name":null}`:                                              `{"name":""}`,
	} {
		var secret microcks.Secret
		if err := json.Unmarshal([]byte(in), &secret); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, err := json.Marshal(secret); string(got) != want || err != nil {
			t.Errorf("%s is written as %s (%v), want %s", in, got, err, want)
		}
	}
	for _, in := range []string{`[]`, `{"name":1}`, `{"name":`, `"x"`} {
		if err := json.Unmarshal([]byte(in), &microcks.Secret{}); err == nil {
			t.Errorf("%s is read", in)
		}
	}
	if got, err := json.Marshal(microcks.Metadata{Unknown: microcks.Unknown{"a": json.RawMessage("1")}}); string(got) != `{"a":1}` {
		t.Errorf("only unknown members are written as %s (%v)", got, err)
	}
}

func FuzzImportJob(f *testing.F) {
	f.Add([]byte(`{"id":"1","Name":"x","name":"y","metadata":{"labels":{"a":"b"},"x":[1]},"serviceRefs":[{"x":1}]}`))
	f.Add([]byte("{\"\xe0\":[]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var job, again microcks.ImportJob
		if json.Unmarshal(data, &job) != nil {
			return
		}
		written, err := json.Marshal(job)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if rewritten, _ := json.Marshal(again); string(rewritten) != string(written) {
			t.Fatalf("%s became %s", written, rewritten)
		}
		for name, value := range job.Unknown {
			if diff := cmp.Diff(members(t, value), members(t, again.Unknown[name])); diff != "" {
				t.Errorf("member %q (-read +written):\n%s", name, diff)
			}
		}
	})
}

// members is a JSON text as values, with numbers as they were written.
func members(t *testing.T, data []byte) any {
	t.Helper()
	var value any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return value
}
