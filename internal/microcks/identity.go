package microcks

import (
	"crypto/sha256"
	"encoding/hex"
)

// Kind of a document whose id is derived.
type Kind string

// Kinds.
const (
	ImporterKind Kind = "importer"
	SecretKind   Kind = "secret"
	ArtifactKind Kind = "artifact" // an uploaded file, which has a name like an id
)

// DerivedID is the id of a document that this action creates: 24 hexadecimal
// digits that only the kind and the key decide. Microcks honours ids chosen by
// the client, so runs at the same time create one document, not two. It must
// never change: it is how a run finds what an earlier one made.
func DerivedID(kind Kind, key string) string {
	sum := sha256.Sum256([]byte("postman-microcks-importer/" + string(kind) + "/" + key))
	return hex.EncodeToString(sum[:])[:24]
}
