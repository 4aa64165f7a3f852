package config

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/pki"
)

// newCertificate makes a certificate authority as PEM.
func newCertificate(t *testing.T) string {
	t.Helper()
	authority, _ := pki.Pair(t)
	return authority
}

// PEM keeps its meaning in what secrets make of it: one line, base64, or both
// twice.
func TestMangledPEM(t *testing.T) {
	t.Parallel()
	one, two := newCertificate(t), newCertificate(t)
	block, _ := pem.Decode([]byte(one))
	encode := base64.StdEncoding.EncodeToString
	for name, tt := range map[string]struct{ given, want string }{
		"as it is":            {one, one},
		"spaces":              {strings.ReplaceAll(strings.TrimSpace(one), "\n", " "), one},
		"nothing":             {strings.ReplaceAll(one, "\n", ""), one},
		`\n`:                  {strings.ReplaceAll(one, "\n", `\n`), one},
		`\r\n`:                {strings.ReplaceAll(one, "\n", `\r\n`), one},
		"CRLF":                {strings.ReplaceAll(one, "\n", "\r\n"), one},
		"two on one line":     {strings.ReplaceAll(one+two, "\n", " "), one + two},
		"one of two":          {one + strings.ReplaceAll(two, "\n", " "), one + two},
		"base64 of PEM":       {encode([]byte(one)), one},
		"base64 with breaks":  {encode([]byte(one))[:70] + "\n" + encode([]byte(one))[70:], one},
		"base64 of one line":  {encode([]byte(strings.ReplaceAll(one, "\n", " "))), one},
		"base64 of DER":       {encode(block.Bytes), one},
		"a path":              {"certs/ca.pem", ""},
		"a path like base64":  {"certs", ""},
		"base64 of something": {encode([]byte("something else")), ""},
	} {
		got, isPEM := asPEM(tt.given)
		if isPEM != (tt.want != "") {
			t.Errorf("%s: PEM: %t", name, isPEM)
			continue
		}
		if !isPEM {
			continue
		}
		if certificates, wrong := parseCertificates(got); string(certificates) != tt.want || wrong != "" {
			t.Errorf("%s: %q\n%s", name, wrong, certificates)
		}
	}
}

// A certificate and its key are asked for together, fit together, and are masked
// line by line.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	certificate, key := pki.Pair(t)
	_, other := pki.Pair(t)
	encrypted := "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----"
	broken := strings.ReplaceAll(encrypted, "ENCRYPTED ", "")
	legacy := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----"
	for name, tt := range map[string]struct {
		certificate, key string
		want             string // "input: fault", or its beginning; "" is none
	}{
		"both":                      {certificate, key, ""},
		"on one line":               {strings.ReplaceAll(certificate, "\n", " "), strings.ReplaceAll(key, "\n", `\n`), ""},
		"a chain":                   {certificate + newCertificate(t), key, ""},
		"base64":                    {base64.StdEncoding.EncodeToString([]byte(certificate)), base64.StdEncoding.EncodeToString([]byte(key)), ""},
		"no certificate":            {"", key, "client-certificate: got nothing; takes the PEM text"},
		"no key":                    {certificate, "", "client-key: got nothing; takes the PEM text"},
		"another key":               {certificate, other, "client-key: got a value (not shown): " + string(otherKey)},
		"an encrypted key":          {certificate, encrypted, "client-key: got a value (not shown): " + string(encryptedKey)},
		"an older encrypted key":    {certificate, legacy, "client-key: got a value (not shown): " + string(encryptedKey)},
		"a broken key":              {certificate, broken, "client-key: got a value (not shown): " + string(brokenKey)},
		"a path":                    {"certs/ca.pem", key, "client-certificate: got a value (not shown): " + string(noPEM)},
		"a path of a key":           {certificate, "certs/key.pem", "client-key: got a value (not shown): " + string(noPEM)},
		"a certificate for a key":   {certificate, certificate, "client-key: got a value (not shown): " + string(noKey)},
		"the key in the first, too": {certificate + key, key, "client-certificate: got a value (not shown): " + string(withPrivateKey)},
	} {
		e := readyToPlan().with(env{"INPUT_CLIENT-CERTIFICATE": tt.certificate, "MICROCKS_CLIENT_KEY": tt.key})
		run, problems := Parse(Sources{Getenv: e.get})
		var got []string
		for _, p := range problems {
			got = append(got, p.Text())
		}
		if tt.want == "" && len(problems) > 0 || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if tt.want == "" {
			if _, err := tls.X509KeyPair(run.Microcks.ClientCertificate, []byte(run.Microcks.ClientKey.Reveal())); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if line := strings.Split(key, "\n")[1]; tt.key == key && !slices.Contains(run.Masks(), line) {
			t.Errorf("%s: the key is not masked", name)
		}
	}
}
