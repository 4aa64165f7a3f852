package consumer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/text"
)

// isEmpty reports whether no body comes back.
func isEmpty(b mock.Body) bool {
	return b.None || !b.Any && len(b.Expressions) == 0 && strings.TrimSpace(strings.Join(b.Pieces, "")) == ""
}

// isKnown reports whether it is known what body comes back, but for what the server
// computes anew for each call.
func isKnown(b mock.Body) bool { return b.None || !b.Any && b.Kind != mock.Unknown }

// Bounds of JSON that is taken apart: bytes of a body, and levels, which encoding/json
// bounds at 10,000. Of more nothing is told.
const (
	mostJSON   = 1 << 20
	mostLevels = 9_000
)

// bodies tells how they differ.
func (c *change) bodies(before, after *candidate) {
	was, is := before.Body, after.Body
	switch {
	case isEmpty(was) && isEmpty(is), slices.Equal(was.Pieces, is.Pieces) && slices.Equal(was.Expressions, is.Expressions) && isKnown(was):
		return
	case isEmpty(was):
		c.note(Difference{Aspect: InBody, To: excerpt(shown(is.Text))}, "new")
		return
	case !isKnown(was), !isKnown(is):
		c.untold = c.untold || before.key != after.key
		return
	}
	from, wasJSON := c.read(was, before.MediaType)
	to, isJSON := c.read(is, after.MediaType)
	switch {
	case wasJSON == tooLarge, wasJSON == taken && isJSON == tooLarge:
		c.untold = true
	case wasJSON == taken && isJSON == taken:
		c.json(nil, from, to)
	case wasJSON == taken:
		c.gone(nil, from)
	default:
		gone := isEmpty(is)
		d := Difference{Aspect: InBody, From: excerpt(shown(was.Text)), To: excerpt(shown(is.Text)), Breaking: gone}
		c.note(d, strconv.FormatBool(gone))
	}
}

// reading is what came of reading a body as JSON.
type reading int

const (
	notJSON reading = iota
	taken
	tooLarge
)

// computed is a value that the server makes anew for each call, and unknown is what
// stands for a part of a text.
const (
	computed = "\x00computed"
	unknown  = "…"
)

const workOfByte = 2 // of JSON

// read a body as JSON: it is, where its media type says so, or it is an object or array.
func (c *change) read(b mock.Body, mediaType string) (value any, how reading) {
	plain, levels := withoutExpressions(b.Text)
	t := essence(mediaType)
	byType := strings.HasSuffix(t, "/json") || strings.HasSuffix(t, "+json")
	trimmed := strings.TrimLeft(plain, " \t\r\n")
	if !byType && !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil, notJSON
	}
	if len(plain) > mostJSON || levels > mostLevels {
		return nil, tooLarge
	}
	c.meter.Work(workOfByte * len(plain))
	d := json.NewDecoder(strings.NewReader(plain))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil, notJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, notJSON
	}
	return value, taken
}

// withoutExpressions is a text in which something stands for what is computed, so that
// it can be read as JSON, and how deep its brackets go.
func withoutExpressions(t mock.Text) (out string, levels int) {
	var b strings.Builder
	inString, escaped, level := false, false, 0
	for i, piece := range t.Pieces {
		if i > 0 && inString {
			b.WriteString(unknown)
		} else if i > 0 {
			b.WriteString(`"\u0000computed"`)
		}
		b.WriteString(piece)
		for k := range len(piece) {
			switch sign := piece[k]; {
			case escaped:
				escaped = false
			case inString:
				inString, escaped = sign != '"', sign == '\\'
			case sign == '"':
				inString = true
			case sign == '{', sign == '[':
				level++
				levels = max(levels, level)
			case sign == '}', sign == ']':
				level--
			}
		}
	}
	return b.String(), levels
}

// place in JSON, from the inside; nil is the whole.
type place struct {
	in      *place
	member  string
	element int // of an array; -1 for a member
}

// json tells how two values differ.
func (c *change) json(at *place, was, is any) {
	c.meter.Work(1)
	from, to := typeOf(was), typeOf(is)
	switch {
	case from == "" || to == "":
		if from != to {
			c.value(at, was, is)
		}
		return
	case from != to:
		d := Difference{Aspect: InType, From: given(from), To: given(to), Breaking: from != "null"}
		c.at(at, d, from+">"+to)
		return
	}
	switch was := was.(type) {
	case map[string]any:
		c.members(at, was, is.(map[string]any))
	case []any:
		c.elements(at, was, is.([]any))
	default:
		if was != is {
			c.value(at, was, is)
		}
	}
}

func (c *change) members(at *place, was, is map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(was)) {
		here := &place{at, name, -1}
		if value, both := is[name]; both {
			c.json(here, was[name], value)
		} else {
			c.gone(here, was[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if _, both := was[name]; !both {
			c.at(&place{at, name, -1}, Difference{Aspect: InMember, To: given(cmp.Or(typeOf(is[name]), unknown))}, "new")
		}
	}
}

func (c *change) elements(at *place, was, is []any) {
	if len(was) != len(is) {
		d := Difference{Aspect: InLength, From: given(strconv.Itoa(len(was))), To: given(strconv.Itoa(len(is)))}
		c.at(at, d, "")
	}
	for i := range min(len(was), len(is)) {
		c.json(&place{at, "", i}, was[i], is[i])
	}
}

// gone is a member that is there no more, or the whole.
func (c *change) gone(at *place, was any) {
	c.at(at, Difference{Aspect: InMember, From: given(cmp.Or(typeOf(was), unknown)), Breaking: true}, "gone")
}

// value tells of another one, which is no object or array or computed.
func (c *change) value(at *place, was, is any) {
	c.at(at, Difference{Aspect: InValue, From: valueOf(was), To: valueOf(is)}, "")
}

// valueOf is a value as it is shown.
func valueOf(v any) *text.Untrusted {
	switch v := v.(type) {
	case map[string]any:
		return given("{" + unknown + "}")
	case []any:
		return given("[" + unknown + "]")
	case nil:
		return given("null")
	case string:
		if v == computed {
			return given(unknown)
		}
		return excerpt(`"` + v + `"`)
	case bool:
		return given(strconv.FormatBool(v))
	case json.Number:
		return excerpt(v.String())
	}
	return nil
}

// typeOf is the type of a JSON value; "" where it is computed and so not known.
func typeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		if v == computed {
			return ""
		}
		return "string"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	}
	return "null"
}

// at tells a difference at a place. It means the same in each element of an array.
func (c *change) at(at *place, d Difference, meaning string) {
	path, pattern := at.path()
	c.meter.Work(len(path))
	d.At = text.Untrusted(text.Excerpt(path, longestPath))
	c.note(d, pattern+" "+meaning)
}

// plainMember is the name of a member that stands in a path as it is.
var plainMember = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// path to a place, "$.items[0].price", and what it is whichever element of its arrays
// is meant, "$.items[].price".
func (p *place) path() (path, pattern string) {
	var steps []*place
	for ; p != nil; p = p.in {
		steps = append(steps, p)
	}
	var one, all strings.Builder
	both := io.MultiWriter(&one, &all)
	fmt.Fprint(both, "$")
	for _, s := range slices.Backward(steps) {
		switch {
		case s.element >= 0:
			fmt.Fprintf(&one, "[%d]", s.element)
			all.WriteString("[]")
		case plainMember.MatchString(s.member):
			fmt.Fprint(both, "."+s.member)
		default:
			fmt.Fprintf(both, "[%q]", s.member)
		}
	}
	return one.String(), all.String()
}
