package config

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
)

// largestCertificates is the size in bytes above which a file is not read as
// certificates; the bundles of whole systems have about 200 KiB.
const largestCertificates = 1 << 20

// isPEMText tells PEM text from a path.
func isPEMText(s string) bool { return strings.Contains(s, "-----BEGIN") }

// parseCertificates checks PEM text and gives its certificates alone as PEM.
// The error's text goes on
// after "which", and quotes nothing of it.
func parseCertificates(text []byte) ([]byte, error) {
	var certificates []byte
	for n := 1; ; n++ {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, errors.New("holds a private key")
		case block.Type != "CERTIFICATE":
			return nil, fmt.Errorf("holds something else than certificates (block %d)", n)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("holds a broken certificate (block %d)", n)
		}
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes})...)
	}
	if certificates == nil {
		return nil, errors.New("holds no whole certificate")
	}
	return certificates, nil
}

// readCertificates reads a PEM file.
func readCertificates(space *workspace, path string) ([]byte, error) {
	f, err := space.open(path)
	if err != nil {
		return nil, errUnreadable
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, largestCertificates+1))
	if err != nil {
		return nil, errUnreadable
	}
	if len(text) > largestCertificates {
		return nil, errors.New("is larger than 1 MiB")
	}
	return text, nil
}
