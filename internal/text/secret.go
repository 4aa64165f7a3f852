package text

import (
	"fmt"
	"io"
)

// Secret is a credential. Every usual way of printing, formatting or encoding
// it shows [Hidden]; only Reveal gives the value.
type Secret string

// Reveal gives the credential itself: for the header that carries it and for
// masking it, for nothing else.
func (s Secret) Reveal() string { return string(s) }

// String hides the value.
func (s Secret) String() string { return Hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return Hidden }

// Format hides the value from every verb, the ones that a string does not know
// included: for those fmt would print the bare value beside its complaint.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Hidden) }

// MarshalJSON hides the value.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + Hidden + `"`), nil }

// MarshalText hides the value from every other encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Hidden), nil }
