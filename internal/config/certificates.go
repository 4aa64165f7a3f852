package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"strings"
)

// largestCertificates is the size in bytes above which a file is not read as
// certificates; the bundles of whole systems have about 200 KiB.
const largestCertificates = 1 << 20

// What can be wrong with certificates.
const (
	withPrivateKey fault = "it holds a private key"
	noCertificate  fault = "it holds no whole certificate"
	tooLarge       fault = "it is larger than 1 MiB"
)

// isPEMText reports whether a value is PEM text, else it is a path.
func isPEMText(s string) bool { return strings.Contains(s, "-----BEGIN") }

// parseCertificates checks PEM text and gives its certificates alone as PEM.
func parseCertificates(text []byte) ([]byte, fault) {
	var certificates []byte
	for n := 1; ; n++ {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, withPrivateKey
		case block.Type != "CERTIFICATE":
			return nil, fault(fmt.Sprintf("it holds something else than certificates (block %d)", n))
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fault(fmt.Sprintf("it holds a broken certificate (block %d)", n))
		}
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes})...)
	}
	if certificates == nil {
		return nil, noCertificate
	}
	return certificates, ""
}

// readCertificates reads a PEM file.
func readCertificates(space *workspace, path string) ([]byte, fault) {
	f, err := space.open(path)
	if err != nil {
		return nil, unreadable
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, largestCertificates+1))
	if err != nil {
		return nil, unreadable
	}
	if len(text) > largestCertificates {
		return nil, tooLarge
	}
	return text, ""
}
