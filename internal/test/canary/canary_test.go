package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFindsWhatIsPlanted plants credentials in each form at each place, and
// expects the scan to find the right one of them.
func TestFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	canaries := []Canary{
		{"the API key", "PMAK-5ca1ab1e0ddba11c0ffee123-0123456789abcdeffedcba98765432100f"},
		// Signs that URLs, JSON and base64 write in another way.
		{"the client secret", `kc/5ecret+of<the>client&"1"='%~`},
		Token("an access token", "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl-_c2lnbmF0dXJl"),
	}
	for _, c := range canaries {
		for shift := range 7 {
			before := strings.Repeat("x", shift)
			for form, text := range map[string]string{
				"raw":           before + c.Value + ";",
				"JSON":          `{"a":` + quoted(t, before+c.Value+"y") + `}`,
				"URL query":     "?" + url.Values{"k": {before + c.Value}}.Encode(),
				"URL path":      "/" + url.PathEscape(before+c.Value) + "/",
				"hex":           hex.EncodeToString([]byte(before + c.Value)),
				"base64":        base64.StdEncoding.EncodeToString([]byte(before + c.Value + "tail")),
				"base64 at end": base64.StdEncoding.EncodeToString([]byte(before + c.Value)),
				"base64 of URL": base64.URLEncoding.EncodeToString([]byte(before + c.Value)),
				"not a mask":    " ::add-mask::" + c.Value,
			} {
				folder := t.TempDir()
				if err := os.WriteFile(filepath.Join(folder, "summary"), []byte("before\n"+text+"\nafter\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				if found := LeaksInFiles(canaries, folder); len(found) != 1 || !strings.HasPrefix(found[0], c.Name) {
					t.Errorf("%s planted in the form %s after %d bytes: the scan found %q", c.Name, form, shift, found)
				}
			}
		}
		for _, harmless := range []string{WithoutMasks(MaskCommand + c.Value + "\nnothing else\n"), "***"} {
			if found := Leaks(canaries, harmless); len(found) > 0 {
				t.Errorf("%q counts as a leak of %q", harmless, found)
			}
		}
	}
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
