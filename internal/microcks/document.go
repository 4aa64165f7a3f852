package microcks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Unknown holds the members of a document that this client does not know, so
// that writing it back keeps them.
type Unknown map[string]json.RawMessage

// UnmarshalJSON keeps what is not known.
func (j *ImportJob) UnmarshalJSON(data []byte) error {
	return decodeKnown(data, j, knownOfJob, &j.Unknown)
}

// MarshalJSON gives back what is not known.
func (j ImportJob) MarshalJSON() ([]byte, error) {
	type known ImportJob
	return encodeWith(known(j), j.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (m *Metadata) UnmarshalJSON(data []byte) error {
	return decodeKnown(data, m, knownOfMetadata, &m.Unknown)
}

// MarshalJSON gives back what is not known.
func (m Metadata) MarshalJSON() ([]byte, error) {
	type known Metadata
	return encodeWith(known(m), m.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (r *SecretRef) UnmarshalJSON(data []byte) error {
	return decodeKnown(data, r, knownOfRef, &r.Unknown)
}

// MarshalJSON gives back what is not known.
func (r SecretRef) MarshalJSON() ([]byte, error) {
	type known SecretRef
	return encodeWith(known(r), r.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (r *ServiceRef) UnmarshalJSON(data []byte) error {
	return decodeKnown(data, r, knownOfService, &r.Unknown)
}

// MarshalJSON gives back what is not known.
func (r ServiceRef) MarshalJSON() ([]byte, error) {
	type known ServiceRef
	return encodeWith(known(r), r.Unknown)
}

// UnmarshalJSON keeps what is not known.
func (s *Secret) UnmarshalJSON(data []byte) error {
	return decodeKnown(data, s, knownOfSecret, &s.Unknown)
}

// MarshalJSON gives back what is not known.
func (s Secret) MarshalJSON() ([]byte, error) {
	type known Secret
	return encodeWith(known(s), s.Unknown)
}

// known are the fields of a document by their members in JSON.
type known map[string]int

var (
	knownOfJob      = fieldsOf[ImportJob]()
	knownOfMetadata = fieldsOf[Metadata]()
	knownOfSecret   = fieldsOf[Secret]()
	knownOfRef      = fieldsOf[SecretRef]()
	knownOfService  = fieldsOf[ServiceRef]()
)

func fieldsOf[T any]() known {
	all := known{}
	for i, t := 0, reflect.TypeFor[T](); i < t.NumField(); i++ {
		if name := memberName(t.Field(i)); name != "" {
			all[name] = i
		}
	}
	return all
}

// decodeKnown reads a JSON object into the fields of a document, a pointer to a
// struct, and its other members into unknown. Members are known by their exact
// names: encoding/json by itself would take "Name" for "name", and write it back
// as that. The last of several members of a name counts. Lists have these objects in
// hundreds of thousands, so each is read once: encoding/json has found data valid.
func decodeKnown(data []byte, document any, fields known, unknown *Unknown) error {
	at := skipSpace(data, 0)
	if string(data[at:]) == "null" {
		return nil
	}
	if data[at] != '{' {
		return json.Unmarshal(data, &map[string]json.RawMessage{}) // which says what is wrong
	}
	values := reflect.ValueOf(document).Elem()
	for at = skipSpace(data, at+1); data[at] != '}'; at = skipSpace(data, at) {
		if data[at] == ',' {
			at = skipSpace(data, at+1)
		}
		end := skipValue(data, at)
		name, err := unquoted(data[at:end])
		if err != nil {
			return err
		}
		at = skipSpace(data, skipSpace(data, end)+1) // after the colon
		end = skipValue(data, at)
		value := data[at:end]
		at = end
		if i, is := fields[name]; is {
			if err := decodeField(value, values.Field(i)); err != nil {
				return fmt.Errorf("member %q: %w", name, err)
			}
			continue
		}
		if *unknown == nil {
			*unknown = Unknown{}
		}
		(*unknown)[name] = bytes.Clone(value)
	}
	return nil
}

// decodeField reads a value of JSON into a field, whatever it held.
func decodeField(value []byte, field reflect.Value) error {
	field.SetZero()
	if field.Kind() == reflect.String && value[0] == '"' {
		s, err := unquoted(value)
		field.SetString(s)
		return err
	}
	return json.Unmarshal(value, field.Addr().Interface())
}

// unquoted is a text of JSON.
func unquoted(value []byte) (s string, err error) {
	if !bytes.ContainsRune(value, '\\') && utf8.Valid(value) {
		return string(value[1 : len(value)-1]), nil
	}
	err = json.Unmarshal(value, &s)
	return s, err
}

// skipSpace is where in valid JSON something stands, from a place on.
func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\t' || data[at] == '\r') {
		at++
	}
	return at
}

// skipValue is where the value of valid JSON ends that begins at a place.
func skipValue(data []byte, at int) int {
	depth := 0
	for ; at < len(data); at++ {
		switch data[at] {
		case '"':
			for at++; data[at] != '"'; at++ {
				if data[at] == '\\' {
					at++
				}
			}
			if depth == 0 {
				return at + 1
			}
		case '{', '[':
			depth++
		case '}', ']', ',', ':', ' ', '\n', '\t', '\r':
			closes := data[at] == '}' || data[at] == ']'
			switch {
			case depth == 0: // the end of a number, true, false or null
				return at
			case closes && depth == 1:
				return at + 1
			case closes:
				depth--
			}
		}
	}
	return at
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
