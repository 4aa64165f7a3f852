package text_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/text"
)

// spellings are the ways in which a server may repeat a credential.
func spellings(credential string) map[string]string {
	quoted, _ := json.Marshal(credential)
	inJSON := strings.Trim(string(quoted), `"`)
	var slashes strings.Builder
	encoder := json.NewEncoder(&slashes)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(credential)
	twice, _ := json.Marshal(inJSON)
	percent, unicode := "", ""
	for _, c := range []byte(credential) {
		percent += fmt.Sprintf("%%%02x", c)
		unicode += fmt.Sprintf(`\u%04X`, c)
	}
	basic := "my-client:" + credential
	escaped := url.QueryEscape("my-client") + ":" + url.QueryEscape(credential)
	inBase64 := base64.StdEncoding.EncodeToString([]byte(credential))
	return map[string]string{
		"raw": credential, "query": url.QueryEscape(credential), "path": url.PathEscape(credential),
		"query twice": url.QueryEscape(url.QueryEscape(credential)), "every byte": percent,
		"JSON": inJSON, "JSON twice": strings.Trim(string(twice), `"`), "JSON for people": strings.Trim(slashes.String(), "\"\n"),
		"every rune": unicode, "slashes": strings.ReplaceAll(credential, "/", `\/`), "HTML": html.EscapeString(credential),
		"hex": hex.EncodeToString([]byte(credential)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(credential))),
		"base64": inBase64, "base64 of URLs": base64.RawURLEncoding.EncodeToString([]byte(credential)),
		"Basic": base64.StdEncoding.EncodeToString([]byte(basic)), "Basic of OAuth": base64.StdEncoding.EncodeToString([]byte(escaped)),
		"Basic in a URL":        url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(basic))),
		"HTML in JSON in a URL": url.QueryEscape(strings.ReplaceAll(html.EscapeString(credential), "&", `\u0026`)),
		"JSON in a URL":         url.PathEscape(inJSON),
		"invisible":             strings.Join(strings.Split(credential, ""), "\u200b\x00"),
		"nulls":                 strings.Join(strings.Split(credential, ""), "\x00"),
		"deletes":               strings.Join(strings.Split(credential, ""), "\x7f"),
		"wrapped":               inBase64[:9] + "\r\n" + inBase64[9:],
		"wrapped in one line":   inBase64[:9] + "  " + inBase64[9:],
		"broken":                credential[:5] + "\r\n " + credential[5:],
		"broken in JSON":        inBase64[:9] + `\r\n` + inBase64[9:],
		"hex with colons":       eachByte("%02X", ":", credential),
		"hex with spaces":       eachByte("%02x", " ", credential),
		"hex with dashes":       eachByte("%02X", "-", credential),
		"hex of a program":      eachByte("0x%02x", ", ", credential),
		"numbers":               eachByte("%d", ",", credential),
		"numbers of Go":         eachByte("%d", " ", credential),
		"entities":              eachByte("&#%d;", "", credential),
		"open entities":         eachByte("&#%d", "", credential),
		"padded entities":       eachByte("&#x%08X;", "", credential),
		"octal":                 eachByte(`\%03o`, "", credential),
		"braces":                eachByte(`\u{%x}`, "", credential),
		"quoted-printable":      eachByte("=%02X", "", credential[:6]) + "=\r\n" + eachByte("=%02X", "", credential[6:]),
		"soft break":            strings.ReplaceAll(credential[:6], "=", "=3D") + "=\n" + strings.ReplaceAll(credential[6:], "=", "=3D"),
		"variation selectors":   credential[:6] + "\ufe0f\u034f" + credential[6:],
	}
}

// eachByte writes every byte of a credential by itself.
func eachByte(format, between, credential string) string {
	var written []string
	for _, c := range []byte(credential) {
		written = append(written, fmt.Sprintf(format, c))
	}
	return strings.Join(written, between)
}

var credentials = []string{
	"PMAK-5ca1ab1e0ddba11c0ffee123-0123456789abcdeffedcba98765432100f", `kc/5ecret+of<the>client&"1"='%~`, `back\slash and space`,
	"pässwörter", "12345678x", "aaaaaaaaaaab", "j-begins-as-6A", "o-begins-as-6F", "ends in <",
}

func TestScrubberKnowsEverySpelling(t *testing.T) {
	t.Parallel()
	// Of these a little more or less than the credential goes: the end of base64, "0x", the text's own semicolon.
	roughly := []string{
		"base64", "base64 of URLs", "Basic", "Basic of OAuth", "Basic in a URL", "wrapped", "wrapped in one line", "broken in JSON",
		"hex of a program", "open entities",
	}
	ofRunes := []string{"every rune", "entities", "open entities", "padded entities", "braces"}
	for _, credential := range credentials {
		var s text.Scrubber
		s.Add(credential)
		for name, spelled := range spellings(credential) {
			if slices.Contains(ofRunes, name) && credential == "pässwörter" {
				continue // bytes of UTF-8 are no runes
			}
			got := s.Hide("before " + spelled + " after " + spelled + ";")
			// Around base64 the characters stay that hold bits of the neighbours.
			if strings.Count(got, text.Hidden) != 2 || !strings.HasPrefix(got, "before ") || !strings.Contains(got, " after ") {
				t.Errorf("%s of %q stays as %q", name, credential, got)
			}
			if left := len(got) - len("before … after …;"); left > 4*len("bXktY2xpZW50") {
				t.Errorf("%s of %q leaves %q", name, credential, got)
			}
			if !slices.Contains(roughly, name) {
				if got += s.Hide(spelled); got != "before … after …;…" {
					t.Errorf("%s of %q leaves %q", name, credential, got)
				}
			}
			if again := s.Hide(got); again != got {
				t.Errorf("%s of %q hidden twice is %q, not %q", name, credential, again, got)
			}
		}
	}
}

// A text is often cut before anybody knows what is in it.
func TestScrubberHidesWhatIsCutOff(t *testing.T) {
	t.Parallel()
	key := credentials[0]
	var s text.Scrubber
	s.Add(key)
	for in, want := range map[string]string{
		"got " + key[:30]:            "got …",
		"got " + key[:30] + "…":      "got ……",
		"got " + key[:30] + "…\"}":   "got ……\"}",
		"got " + key[:9]:             "got " + key[:9], // a word that it begins with
		"got " + key[:30] + " end":   "got " + key[:30] + " end",
		"got " + key[:len(key)/4]:    "got …",
		"got " + key[:len(key)/4-1]:  "got " + key[:len(key)/4-1],
		"got " + key[:30] + "\u200b": "got …",
		base64.StdEncoding.EncodeToString([]byte(key))[:40] + "…": "……",
		base64.StdEncoding.EncodeToString([]byte(key))[:19] + "…": "……",
		"got " + key[:8] + "…":                                    "got ……", // this program's own cut
		"got " + key[:7] + "…":                                    "got " + key[:7] + "…",
		"got " + key[:9] + "... and":                              "got …... and",
		"got " + key[:9] + " [truncated]":                         "got … [truncated]",
		"got " + key[:len(key)*3/4] + "****":                      "got …****",
		// What is a credential by its form goes up to the line's end.
		"PMAK-…\r\n" + key[25:] + " end": "PMAK-…\r\n… end",
		"PMAK-… " + key[25:33] + " end":  "PMAK-… … end",
		"PMAK-… " + key[25:32] + " end":  "PMAK-… " + key[25:32] + " end",
		"a " + key[25:50] + " end":       "a " + key[25:50] + " end",
	} {
		if got := s.Hide(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// The cut can be in the midst of an escape.
func TestScrubberHidesWhatIsCutOffInAnEscape(t *testing.T) {
	t.Parallel()
	const begin = "kc/5ecret"
	var s text.Scrubber
	s.Add(credentials[1])
	for _, escape := range []string{
		"%", "%2", "%252", `\`, `\u`, `\u00`, `\\u00`, `\x2`, "&", "&#", "&#x2", "&09azAZ",
		"&" + strings.Repeat("2", 14),
	} {
		for _, after := range []string{"", "…", "…\""} {
			if got, want := s.Hide(begin+escape+after), text.Hidden+after; got != want {
				t.Errorf("%q became %q", begin+escape+after, got)
			}
		}
	}
	for _, other := range []string{"&/…", "&@…", "&`…", "&" + strings.Repeat("2", 16), "2…"} {
		if got := s.Hide(begin + other); got != begin+other {
			t.Errorf("%q became %q", begin+other, got)
		}
	}
}

// What every report has is no credential to hide, and without one all stays.
func TestScrubberLeavesReportsReadable(t *testing.T) {
	t.Parallel()
	report := "postman-microcks-importer: collection unchanged, Microcks 1.15.0 at http://localhost:8080 true"
	var s text.Scrubber
	for _, plain := range []string{"", "true", "created", "Unchanged", "microcks", "MICROCKS", "collection", "importer", "ollectio"} {
		if text.Hideable(plain) {
			t.Errorf("%q is to be hidden", plain)
		}
		s.Add(plain)
	}
	if got := s.Hide(report); got != report {
		t.Errorf("the report became %q", got)
	}
	s.Add(credentials[0])
	s.Add("12345678x")
	report += " 12345678X 1234.5678x"
	if got := s.Hide(report); got != report {
		t.Errorf("the report became %q", got)
	}
	if text.Hideable("1234567") || !text.Hideable("123456-8") {
		t.Error("credentials of 8 bytes and more are to be hidden")
	}
}

// A hostile text costs no more than its length.
func BenchmarkScrubber(b *testing.B) {
	var s text.Scrubber
	for _, c := range credentials {
		s.Add(c)
	}
	for name, piece := range map[string]string{
		"words": "the operation GET /pets/:petId of Pet Store ", "percent": "%", "backslash": `\`,
		"almost": "PMAK-5ca1ab1e0ddba11", "ampersand": "&#",
		"invisible": "P\u200b\u200b\u200b\u200b", "a": "a", "layers": `%255cu0025\u00265c`,
	} {
		for _, size := range []int{1 << 18, 1 << 19, 1 << 20} {
			in := strings.Repeat(piece, size/len(piece))
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.SetBytes(int64(len(in)))
				for b.Loop() {
					s.Hide(in)
				}
			})
		}
	}
}

func FuzzScrubber(f *testing.F) {
	f.Add("before ", "PMAK-5ca1ab1e0ddba11c0ffee123", " after")
	f.Add("%", "%25%25%25%25%25", `\`)
	f.Fuzz(func(t *testing.T, before, credential, after string) {
		if !text.Hideable(credential) {
			return
		}
		var s text.Scrubber
		s.Add(credential)
		if got := s.Hide(before + credential + after); strings.Contains(got, credential) && !strings.Contains(credential, text.Hidden) {
			t.Errorf("%q is in %q", credential, got)
		}
	})
}
