package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// forms are the ways in which a secret can stand in a text: as it is, in
// base64 at each of the three offsets that a longer text can give it, in hex,
// and as URLs and JSON write it.
func forms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	all := map[string]string{
		"raw":        secret,
		"url query":  url.QueryEscape(secret),
		"url path":   url.PathEscape(secret),
		"json":       strings.Trim(string(quoted), `"`),
		"hex":        hex.EncodeToString([]byte(secret)),
		"base64":     inner64(secret, 0),
		"base64 + 1": inner64(secret, 1),
		"base64 + 2": inner64(secret, 2),
	}
	for name, form := range all {
		if name != "raw" && form == secret {
			delete(all, name)
		}
	}
	return all
}

// inner64 is what the base64 of any text has in it that holds the secret after
// a number of bytes that is shift more than a multiple of three: the digits
// that depend on the secret alone.
func inner64(secret string, shift int) string {
	text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
	from := []int{0, 2, 3}[shift]
	to := (shift + len(secret)) * 8 / 6
	return text[from:to]
}

// leaks lists where a text has a secret in it, and in which form.
func leaks(secrets map[string]string, text string) []string {
	var found []string
	for name, secret := range secrets {
		for form, written := range forms(secret) {
			for _, variant := range []string{written, strings.NewReplacer("+", "-", "/", "_").Replace(written)} {
				if strings.Contains(text, variant) {
					found = append(found, name+" ("+form+")")
					break
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// secrets are all that must not come out.
func (w *world) secrets() map[string]string {
	all := map[string]string{"API key": w.apiKey, "client secret": w.clientSecret}
	for _, token := range w.recorder.issued() {
		// The signature alone is secret enough, and the rest is in every token.
		all["access token"] = token[strings.LastIndex(token, ".")+1:]
	}
	return all
}

func checkLeaks(t testing.TB, w *world, sinks map[string]string) {
	t.Helper()
	for sink, text := range sinks {
		if found := leaks(w.secrets(), text); len(found) > 0 {
			t.Errorf("%s shows: %s", sink, strings.Join(found, ", "))
		}
	}
}

// withoutMasks is a step's log but for the commands by which the runner learns
// what it has to mask: it shows them to nobody.
func withoutMasks(log string) string {
	var kept []string
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "::add-mask::") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// TestScanFindsPlantedCanary plants each secret in each form.
func TestScanFindsPlantedCanary(t *testing.T) {
	t.Parallel()
	for name, secret := range newPostmanWorld(t).secrets() {
		secrets := map[string]string{name: secret}
		for shift := range 7 {
			before, after := strings.Repeat("x", shift), "and more"
			for form, text := range map[string]string{
				"raw":           before + secret + after,
				"base64":        base64.StdEncoding.EncodeToString([]byte(before + secret + after)),
				"base64 at end": base64.StdEncoding.EncodeToString([]byte(before + secret)),
				"base64url":     base64.URLEncoding.EncodeToString([]byte(before + secret + after)),
				"query":         "key=" + url.QueryEscape(before+secret+after),
				"hex":           hex.EncodeToString([]byte(before + secret + after)),
			} {
				if len(leaks(secrets, text)) == 0 {
					t.Errorf("%s in %s after %d bytes is not found in %q", name, form, shift, text)
				}
			}
		}
		quoted, err := json.Marshal(map[string]string{"leaked": "<" + secret + ">"})
		if err != nil {
			t.Fatal(err)
		}
		if len(leaks(secrets, string(quoted))) == 0 {
			t.Errorf("%s in JSON is not found in %s", name, quoted)
		}
		if found := leaks(secrets, "***"); len(found) > 0 {
			t.Errorf("%s found where it is not: %s", name, found)
		}
	}
}

// arrival reports a request for a collection and lets it meet the fault.
func arrival(reached chan<- struct{}) func(*http.Request) bool {
	return func(r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/collections/") {
			return false
		}
		reached <- struct{}{}
		return true
	}
}
