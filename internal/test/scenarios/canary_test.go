package scenarios

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/standin/github"
)

// Credentials of the scenarios. They hold characters that encodings change, so
// that a search for the raw text alone would miss them.
const (
	apiKey       = "PMAK-5ca1ab1e0ddba11c0ffee123-0123456789abcdeffedcba98765432100f"
	accessKey    = "PMAT-01J0CANARYCANARYCANARY00XY"
	clientSecret = `kc/5ecret+of<the>client&"1"=`
)

// canary is a credential that must not come out.
type canary struct{ name, value string }

func standingCanaries() []canary {
	return []canary{
		{"the API key", apiKey}, {"the access key", accessKey}, {"the client secret", clientSecret},
		{"the request token", github.RequestToken},
	}
}

// forms of a secret in a text: raw, in JSON, in a URL, and in base64 at each of
// the three places that its first byte can have in a group.
func (c canary) forms() []string {
	inJSON := func(escapeHTML bool) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(escapeHTML)
		_ = enc.Encode(c.value) // a string cannot fail
		return strings.Trim(strings.TrimSpace(b.String()), `"`)
	}
	forms := []string{c.value, inJSON(true), inJSON(false), url.QueryEscape(c.value), url.PathEscape(c.value)}
	for shift := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, shift), c.value...))
			// The characters at both ends hold bits of the neighbours, too.
			forms = append(forms, encoded[(shift*8+5)/6:(shift+len(c.value))*8/6])
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// leaks names the canaries that are in a text.
func leaks(canaries []canary, text []byte) []string {
	var found []string
	for _, c := range canaries {
		if slices.ContainsFunc(c.forms(), func(form string) bool { return bytes.Contains(text, []byte(form)) }) {
			found = append(found, c.name)
		}
	}
	return found
}

// leaksInFiles looks into every file under a folder. The runner's masks stand
// in the files called stdout, and do not count there.
func leaksInFiles(canaries []canary, dir string) []string {
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, name := range leaks(canaries, withoutMasks(text)) {
			found = append(found, name+" is in the file "+strings.TrimPrefix(path, dir+"/"))
		}
		return nil
	})
	if err != nil {
		found = append(found, err.Error())
	}
	return found
}

const maskCommand = "::add-mask::"

func withoutMasks(log []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(log) {
		if !bytes.HasPrefix(line, []byte(maskCommand)) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// TestCanaryScanFinds plants each canary in each form, and expects the scan to
// find it.
func TestCanaryScanFinds(t *testing.T) {
	t.Parallel()
	for _, c := range standingCanaries() {
		plants := map[string]string{
			"raw":        "key=" + c.value + ";",
			"JSON":       `{"a":` + string(must(json.Marshal("x"+c.value+"y"))) + `}`,
			"URL query":  "?" + url.Values{"k": {c.value}}.Encode(),
			"URL path":   "/" + url.PathEscape(c.value) + "/",
			"base64":     base64.StdEncoding.EncodeToString([]byte(c.value)),
			"base64 1":   base64.StdEncoding.EncodeToString([]byte("x" + c.value + "tail")),
			"base64 2":   base64.StdEncoding.EncodeToString([]byte("id:" + c.value)),
			"base64 url": base64.URLEncoding.EncodeToString([]byte("user:" + c.value)),
			"not a mask": " ::add-mask::" + c.value,
		}
		for form, text := range plants {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "summary"), []byte("before\n"+text+"\nafter\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if found := leaksInFiles(standingCanaries(), dir); len(found) != 1 || !strings.HasPrefix(found[0], c.name) {
				t.Errorf("%s planted in the form %s: the scan found %q", c.name, form, found)
			}
		}
		if found := leaks(standingCanaries(), withoutMasks([]byte(maskCommand+c.value+"\nnothing else\n"))); len(found) > 0 {
			t.Errorf("a mask counts as a leak: %q", found)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
