package microcks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// The server reads JSON more leniently than it writes it. These types take
// what it takes.

// words is text that may also be sent as a number or a boolean.
type words string

// UnmarshalJSON takes any scalar but null, which leaves a pointer nil.
func (t *words) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[':
		return fmt.Errorf("%s is not text", raw)
	}
	*t = words(raw)
	return nil
}

// flag is a boolean; null and the empty text are false.
type flag bool

// UnmarshalJSON takes booleans, also as text, and numbers.
func (f *flag) UnmarshalJSON(raw []byte) error {
	switch s := string(bytes.Trim(raw, `"`)); s {
	case "true", "True", "TRUE":
		*f = true
	case "false", "False", "FALSE", "null", "":
		*f = false
	default:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return fmt.Errorf("%s is not a boolean", raw)
		}
		*f = n != 0
	}
	return nil
}

// millis is a date: milliseconds since 1970.
type millis int64

// UnmarshalJSON takes numbers and ISO 8601 text.
func (m *millis) UnmarshalJSON(raw []byte) error {
	s := string(bytes.Trim(raw, `"`))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		*m = millis(n)
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			*m = millis(at.UnixMilli())
			return nil
		}
	}
	return fmt.Errorf("%s is not a date", raw)
}

func now() *millis { return ptr(millis(time.Now().UnixMilli())) }

func ptr[T any](v T) *T { return &v }

func wordsOrEmpty(t *words) string {
	if t == nil {
		return ""
	}
	return string(*t)
}

// textMap is a map from text to text; entries that are null are dropped.
type textMap map[string]string

// UnmarshalJSON reads the map.
func (m *textMap) UnmarshalJSON(raw []byte) error {
	var read map[string]*words
	if err := json.Unmarshal(raw, &read); err != nil || read == nil {
		return err
	}
	*m = textMap{}
	for k, v := range read {
		if v != nil {
			(*m)[k] = string(*v)
		}
	}
	return nil
}
