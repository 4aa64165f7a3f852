package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/text"
)

// largestCertificates is the size in bytes above which a file is not read as
// certificates; the bundles of whole systems have about 200 KiB.
const largestCertificates = 1 << 20

// What can be wrong with certificates.
const (
	withPrivateKey fault = "it contains a private key"
	noCertificate  fault = "it contains no whole certificate"
	tooLarge       fault = "it is larger than 1 MiB"
	noPEM          fault = "it is not PEM text"
	noKey          fault = "it contains no private key"
	encryptedKey   fault = "the key is encrypted, and there is no passphrase here"
	brokenKey      fault = "it contains no private key that can be read"
	otherKey       fault = "it is not the key of `client-certificate`"
)

// asPEM gives what a value holds as PEM, if it does: PEM text, also with its line
// breaks lost, as they get in one-line secrets (spaces or \n in their place), and
// PEM or DER in base64. What is none of them is a path.
func asPEM(s string) ([]byte, bool) {
	if strings.Contains(s, "-----BEGIN") {
		return withLines(s), true
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	switch {
	case err != nil:
	case strings.Contains(string(raw), "-----BEGIN"):
		return withLines(string(raw)), true
	case isCertificate(raw):
		return pem.EncodeToMemory(&pem.Block{Type: blockCertificate, Bytes: raw}), true
	}
	return nil, false
}

const blockCertificate = "CERTIFICATE"

func isCertificate(der []byte) bool {
	_, err := x509.ParseCertificate(der)
	return err == nil
}

// pemBlock is a block of PEM, wherever its lines break.
var pemBlock = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

// withLines breaks the lines of PEM text where they belong. A block with headers
// of its own, as encrypted keys have, stays as it is.
func withLines(s string) []byte {
	if !pemBlock.MatchString(s) {
		return []byte(s)
	}
	var out strings.Builder
	for _, block := range pemBlock.FindAllStringSubmatch(s, -1) {
		body := block[2]
		if !strings.Contains(body, ":") {
			body = strings.NewReplacer(`\n`, "", `\r`, "").Replace(strings.Join(strings.Fields(body), ""))
			body = "\n" + inLines(body)
		}
		fmt.Fprintf(&out, "-----BEGIN %s-----%s-----END %s-----\n", block[1], body, block[3])
	}
	return []byte(out.String())
}

// inLines breaks text as PEM does (RFC 7468).
func inLines(s string) string {
	const width = 64
	var b strings.Builder
	for ; len(s) > width; s = s[width:] {
		b.WriteString(s[:width] + "\n")
	}
	return b.String() + s + "\n"
}

// parseCertificates checks PEM text and gives its certificates alone as PEM.
func parseCertificates(given []byte) ([]byte, fault) {
	var certificates []byte
	for n := 1; ; n++ {
		block, rest := pem.Decode(given)
		if block == nil {
			break
		}
		given = rest
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, withPrivateKey
		case block.Type != blockCertificate:
			return nil, fault(fmt.Sprintf("it contains something other than certificates (block %d)", n))
		}
		if !isCertificate(block.Bytes) {
			return nil, fault(fmt.Sprintf("it contains a broken certificate (block %d)", n))
		}
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: blockCertificate, Bytes: block.Bytes})...)
	}
	if certificates == nil {
		return nil, noCertificate
	}
	return certificates, ""
}

// readCertificates reads a PEM file.
func readCertificates(space *workspace, path string) ([]byte, fault) {
	raw, wrong := space.read(path, largestCertificates)
	if wrong != "" {
		return nil, wrong
	}
	if len(raw) > largestCertificates {
		return nil, tooLarge
	}
	if isCertificate(raw) { // DER
		return pem.EncodeToMemory(&pem.Block{Type: blockCertificate, Bytes: raw}), ""
	}
	if given, ok := asPEM(string(raw)); ok {
		return given, ""
	}
	return raw, ""
}

// parseKey checks PEM text of one private key.
func parseKey(given []byte) fault {
	for block, rest := pem.Decode(given); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY", strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return encryptedKey
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return ""
		}
	}
	return noKey
}

// matchKey checks that a key is that of a certificate.
func matchKey(certificate, key []byte) fault {
	_, err := tls.X509KeyPair(certificate, key)
	switch {
	case err == nil:
		return ""
	case strings.Contains(err.Error(), "does not match"): // the error has no type
		return otherKey
	}
	return brokenKey
}

// keyMasks are the lines of a key, each a credential where it is cut from the
// others, without those that every key has.
func keyMasks(key string) []string {
	var masks []string
	for line := range strings.Lines(string(withLines(key))) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") && text.Hideable(line) {
			masks = append(masks, line)
		}
	}
	return masks
}
