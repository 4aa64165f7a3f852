package microcks

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Unknown holds the members of a document that this client does not know, so
// that writing it back keeps them.
type Unknown map[string]json.RawMessage

// UnmarshalJSON keeps what is not known.
func (j *ImportJob) UnmarshalJSON(data []byte) error { return decodeKnown(data, j, &j.Unknown) }

// MarshalJSON gives back what is not known.
func (j ImportJob) MarshalJSON() ([]byte, error) {
	type known ImportJob
	return encodeWith(known(j), j.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (m *Metadata) UnmarshalJSON(data []byte) error { return decodeKnown(data, m, &m.Unknown) }

// MarshalJSON gives back what is not known.
func (m Metadata) MarshalJSON() ([]byte, error) {
	type known Metadata
	return encodeWith(known(m), m.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (r *SecretRef) UnmarshalJSON(data []byte) error { return decodeKnown(data, r, &r.Unknown) }

// MarshalJSON gives back what is not known.
func (r SecretRef) MarshalJSON() ([]byte, error) {
	type known SecretRef
	return encodeWith(known(r), r.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (r *ServiceRef) UnmarshalJSON(data []byte) error { return decodeKnown(data, r, &r.Unknown) }

// MarshalJSON gives back what is not known.
func (r ServiceRef) MarshalJSON() ([]byte, error) {
	type known ServiceRef
	return encodeWith(known(r), r.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (s *Secret) UnmarshalJSON(data []byte) error { return decodeKnown(data, s, &s.Unknown) }

// MarshalJSON gives back what is not known.
func (s Secret) MarshalJSON() ([]byte, error) {
	type known Secret
	return encodeWith(known(s), s.Unknown)
}

// decodeKnown reads a JSON object into the fields of a document, a pointer to a
// struct, and its other members into unknown. Members are known by their exact
// names: encoding/json by itself would take "Name" for "name", and write it back
// as that.
func decodeKnown(data []byte, document any, unknown *Unknown) error {
	var members Unknown
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	fields := reflect.ValueOf(document).Elem()
	for i := range fields.NumField() {
		name := memberName(fields.Type().Field(i))
		value, given := members[name]
		if name == "" || !given {
			continue
		}
		if err := json.Unmarshal(value, fields.Field(i).Addr().Interface()); err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
		delete(members, name)
	}
	if len(members) > 0 {
		*unknown = members
	}
	return nil
}

// memberName is the name of a field in JSON, "" for one that has none there.
func memberName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

// encodeWith writes a JSON object with the members of a document and, after
// them, the unknown ones.
func encodeWith(document any, unknown Unknown) ([]byte, error) {
	data, err := json.Marshal(document)
	if err != nil || len(unknown) == 0 {
		return data, err
	}
	more, err := json.Marshal(unknown)
	if err != nil {
		return nil, err
	}
	if len(data) == len("{}") {
		return more, nil
	}
	return append(append(data[:len(data)-1], ','), more[1:]...), nil
}
