package resolve

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/predict"
)

const (
	uid    = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"
	access = "PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	apiKey = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
)

// parse reads inputs as a step of a workflow has them.
func parse(inputs map[string]string) (*config.Run, []config.Problem) {
	return config.Parse(config.Sources{Getenv: func(name string) string {
		if value, ok := inputs[strings.ToLower(strings.TrimPrefix(name, "INPUT_"))]; ok {
			return value
		}
		return map[string]string{
			"GITHUB_REPOSITORY": "acme/pets", "INPUT_MODE": "plan", "INPUT_MICROCKS-URL": "https://microcks.example.com",
			"INPUT_COLLECTIONS": uid, "INPUT_POSTMAN-API-KEY": apiKey,
		}[name]
	}})
}

// An access key reads a collection where no API key does and nobody but the run reads
// it; it goes where its link says, or to this machine, and into no address.
func TestAccessKeys(t *testing.T) {
	t.Parallel()
	const link = "https://api.postman.com/collections/" + uid + "?access_key=" + access
	for name, c := range map[string]struct {
		inputs map[string]string
		origin string // "" where the inputs are refused
		keyed  bool   // by the API key
	}{
		"uploaded": {map[string]string{"delivery": "upload"}, "https://api.postman.com", false},
		"checked":  {map[string]string{"mode": "check"}, "https://api.postman.com", false},
		"of the EU": {map[string]string{
			"delivery": "upload", "collections": strings.Replace(link, "api.", "api.eu.", 1),
		}, "https://api.eu.postman.com", false},
		"this machine":     {map[string]string{"delivery": "upload", "postman-api-url": "http://127.0.0.1:80"}, "http://127.0.0.1:80", false},
		"a gateway":        {map[string]string{"delivery": "upload", "postman-api-url": "https://gateway.example.com"}, "", false},
		"by an importer":   {map[string]string{"delivery": "importer"}, "", false},
		"nothing said":     {nil, "", false},
		"with a key, too":  {map[string]string{"delivery": "upload", "postman-api-key": apiKey}, "https://api.getpostman.com", true},
		"an API key in it": {map[string]string{"delivery": "upload", "collections": strings.Replace(link, access, apiKey, 1)}, "", false},
		"without one":      {map[string]string{"delivery": "upload", "collections": uid}, "", false},
		"in a web link": {map[string]string{
			"delivery": "upload", "collections": "https://www.postman.com/collections/" + uid + "?access_key=" + access,
		}, "https://api.postman.com", false},
	} {
		inputs := map[string]string{"collections": link, "postman-api-key": ""}
		for k, v := range c.inputs {
			inputs[k] = v
		}
		run, problems := parse(inputs)
		if (len(problems) > 0) != (c.origin == "") {
			t.Errorf("%s: %v", name, problems)
		}
		if c.origin == "" || len(problems) > 0 {
			continue
		}
		wanted, _, err := Importers(t.Context(), run, Files{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := wanted[0]
		if w.Origin != c.origin || w.AccessKey.Reveal() == access == c.keyed || w.URL != c.origin+"/collections/"+uid {
			t.Errorf("%s: %+v", name, w)
		}
		if said := fmt.Sprintf("%v %+v %#v %s", w, *w, *w, w.AccessKey); strings.Contains(said, access) {
			t.Errorf("%s: it shows in %s", name, said)
		}
	}
}

// An upload needs no secret in Microcks, and so none is looked for.
func TestSecretsOfUploads(t *testing.T) {
	t.Parallel()
	for delivery, secret := range map[string]bool{"": true, "importer": true, "upload": false} {
		run, problems := parse(map[string]string{"delivery": delivery, "allow": "take-over"})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		wanted, _, _ := Importers(t.Context(), run, Files{}, nil)
		if w := wanted[0]; (w.Secret != plan.WantedSecret{}) != secret || string(w.Delivery) != delivery || !w.TakeOver {
			t.Errorf("%q: %+v", delivery, w)
		}
	}
}

// What the input `service-version` takes is what an address of a mock carries.
func TestServiceVersions(t *testing.T) {
	t.Parallel()
	for r := rune('!'); r < 0x250; r++ {
		for _, version := range []string{string(r), "1" + string(r), "1" + string(r) + "2"} {
			run, problems := parse(map[string]string{"service-version": version})
			if r == 0x7f || r > 0x7f && r <= 0xa0 || r == 0xad {
				continue // not to be seen
			}
			if taken := len(problems) == 0 && run.Importers[0].ServiceVersion == version; taken != predict.AddressableVersion(version) {
				t.Errorf("%q is taken: %t: %v", version, taken, problems)
			}
		}
	}
}

// An entry of a manifest can ask for more verification than the run.
func TestVerifyOfEntries(t *testing.T) {
	t.Parallel()
	run := &config.Run{Verify: config.VerifyService, Importers: []config.Importer{{File: "a"}, {File: "b", Verify: config.VerifyMocks}}}
	wanted, _, err := Importers(t.Context(), run, Files{}, nil)
	if err != nil || len(wanted) != 2 || wanted[0].Verify != plan.VerifyService || wanted[1].Verify != plan.VerifyMocks {
		t.Errorf("%v, %+v", err, wanted)
	}
}

// What a manifest names and nothing reads is told with why.
func TestNotRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, says string }{
		{"", "no Postman API key is given: the pets"}, {"PMAK-1", "anybody can have caused this event"},
	} {
		run := &config.Run{
			Manifest: config.Manifest{Path: "postman.yaml"}, Postman: config.Postman{APIKey: config.Secret(c.key)},
			Importers: []config.Importer{{Source: "the pets", Ref: &postman.Ref{UID: "1-2"}, Skipped: true}},
		}
		_, notes, err := Importers(t.Context(), run, Files{}, nil)
		if err != nil || len(notes) != 1 || !strings.Contains(string(notes[0].Text), c.says) {
			t.Errorf("key %q: %v, %v", c.key, notes, err)
		}
	}
}
