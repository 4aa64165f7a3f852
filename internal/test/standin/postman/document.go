package postman

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// member of a JSON object, in the order of the text.
type member struct {
	key   string
	value json.RawMessage
}

// object is a JSON object that keeps its order.
type object []member

func parseObject(raw []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if tok != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	o := object{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		o = append(o, member{key.(string), value})
	}
	_, err = dec.Token()
	return o, err
}

func (o object) get(key string) json.RawMessage {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

func (o object) set(key string, value json.RawMessage) object {
	for i := range o {
		if o[i].key == key {
			o[i].value = value
			return o
		}
	}
	return append(o, member{key, value})
}

func (o object) without(key string) object {
	kept := object{}
	for _, m := range o {
		if m.key != key {
			kept = append(kept, m)
		}
	}
	return kept
}

// first moves the named members to the front, in that order.
func (o object) first(keys ...string) object {
	front, rest := object{}, o
	for _, key := range keys {
		if v := o.get(key); v != nil {
			front = append(front, member{key, v})
			rest = rest.without(key)
		}
	}
	return append(front, rest...)
}

func (o object) bytes() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(m.key))
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// quoted is s as JSON, with & < > as they are.
func quoted(s string) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string cannot fail
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Wrap makes of an exported collection, or of one that is wrapped already,
// what the Postman API serves: one line that starts with {"collection":, info
// and item first, info without version, a description that is plain text.
func Wrap(raw []byte) ([]byte, error) {
	return edit(raw, func(info object) object { return info })
}

// WithVersion does the same as [Wrap] and, when the description names no
// version, puts version=V at its start.
func WithVersion(raw []byte, version string) ([]byte, error) {
	return edit(raw, func(info object) object {
		var text string
		_ = json.Unmarshal(info.get("description"), &text) // absent or odd: as if empty
		if strings.Contains(text, "version=") {
			return info
		}
		return info.set("description", quoted(strings.TrimSuffix("version="+version+" "+text, " ")))
	})
}

func edit(raw []byte, change func(info object) object) ([]byte, error) {
	c, err := parseObject(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if err != nil {
		return nil, fmt.Errorf("read collection: %w", err)
	}
	if inner := c.get("collection"); inner != nil {
		if c, err = parseObject(inner); err != nil {
			return nil, fmt.Errorf("read collection: %w", err)
		}
	}
	if rawInfo := c.get("info"); rawInfo != nil {
		info, err := parseObject(rawInfo)
		if err != nil {
			return nil, fmt.Errorf("read collection: info: %w", err)
		}
		info = change(plainDescription(info.without("version")))
		c = c.set("info", info.bytes())
	}
	var out bytes.Buffer
	if err := json.Compact(&out, object{{"collection", c.first("info", "item").bytes()}}.bytes()); err != nil {
		return nil, fmt.Errorf("read collection: %w", err)
	}
	return out.Bytes(), nil
}

// plainDescription replaces the {content, type} form of exports by its text.
func plainDescription(info object) object {
	var form struct{ Content *string }
	if raw := info.get("description"); len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &form) == nil {
		text := ""
		if form.Content != nil {
			text = *form.Content
		}
		return info.set("description", quoted(text))
	}
	return info
}
