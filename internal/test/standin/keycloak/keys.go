package keycloak

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
)

// keys is the realm's JSON Web Key Set.
func (s *Server) keys() map[string]any {
	return map[string]any{"keys": []map[string]string{JWK(s.PublicKey())}}
}

// JWK is the description of a signing key in a key set.
func JWK(key *rsa.PublicKey) map[string]string {
	b64 := base64.RawURLEncoding.EncodeToString
	return map[string]string{
		"kid": KeyID(key), "kty": "RSA", "alg": "RS256", "use": "sig",
		"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()),
	}
}

// KeyID is the id of a key, as Keycloak derives it: from its public half.
func KeyID(key *rsa.PublicKey) string {
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// PublicKeyOf is the key with this modulus and exponent, big-endian.
func PublicKeyOf(modulus, exponent []byte) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
}
