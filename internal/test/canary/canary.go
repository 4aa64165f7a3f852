// Package canary finds credentials in texts, in whatever form they come out.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Canary is a credential that must not come out.
type Canary struct{ Name, Value string }

// Token is a canary of a JSON Web Token: its signature, since what stands before
// it is in every token.
func Token(name, token string) Canary { return Canary{name, token[strings.LastIndex(token, ".")+1:]} }

// forms of a credential in a text: raw, in JSON, in a URL, in hex, and in base64
// at each of the three places that its first byte can have in a group.
func (c Canary) forms() []string {
	inJSON := func(escapeHTML bool) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(escapeHTML)
		_ = enc.Encode(c.Value) // a string cannot fail
		return strings.Trim(strings.TrimSpace(b.String()), `"`)
	}
	forms := []string{
		c.Value, inJSON(true), inJSON(false), url.QueryEscape(c.Value), url.PathEscape(c.Value), hex.EncodeToString([]byte(c.Value)),
	}
	for shift := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, shift), c.Value...))
			// The characters at both ends hold bits of the neighbours, too.
			forms = append(forms, encoded[(shift*8+5)/6:(shift+len(c.Value))*8/6])
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// Leaks names the canaries that are in a text.
func Leaks(canaries []Canary, text string) []string {
	var found []string
	for _, c := range canaries {
		if slices.ContainsFunc(c.forms(), func(form string) bool { return strings.Contains(text, form) }) {
			found = append(found, c.Name)
		}
	}
	return found
}

// LeaksInFiles looks into every file under a folder, but not at the commands by
// which the runner learns what it has to mask.
func LeaksInFiles(canaries []Canary, folder string) []string {
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, name := range Leaks(canaries, WithoutMasks(string(text))) {
			found = append(found, name+" is in the file "+strings.TrimPrefix(path, folder+"/"))
		}
		return nil
	})
	if err != nil {
		found = append(found, err.Error())
	}
	return found
}

// MaskCommand begins the line by which the runner learns what it has to mask.
const MaskCommand = "::add-mask::"

// WithoutMasks is a log but for those lines: the runner shows them to nobody.
func WithoutMasks(log string) string {
	var kept strings.Builder
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, MaskCommand) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
