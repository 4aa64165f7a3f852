package jackson_test

import (
	"errors"
	"strings"
	"testing"

	"postman-microcks-importer/internal/jackson"
)

// The words of Jackson, where it stands, and the same as a person reads it.
func TestSyntaxError(t *testing.T) {
	t.Parallel()
	const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
	older := jackson.Options{LimitsNames: true}
	for _, c := range []struct {
		name, raw string
		options   jackson.Options
		offset    int
		reason    string
		at        string // line and column of the message; "" when it has none
	}{
		{
			name: "a page", raw: "<html>",
			reason: "Unexpected character ('<' (code 60)): expected a valid value " + tokens,
			at:     "line: 1, column: 1",
		},
		{
			name: "truncated", raw: "{\n\"a\":[1", offset: 8,
			reason: "Unexpected end-of-input: expected close marker for Array (start marker at line 2, column 5)",
			at:     "line: 2, column: 7",
		},
		{
			name: "truncated text", raw: `{"a":"b`, offset: 7,
			reason: "Unexpected end-of-input in VALUE_STRING",
			at:     "line: 1, column: 8",
		},
		{
			name: "truncated after a name", raw: `{"a":`, offset: 5,
			reason: "Unexpected end-of-input within/between Object entries",
			at:     "line: 1, column: 6",
		},
		{
			name: "another close marker", raw: "[1}", offset: 2,
			reason: "Unexpected close marker '}': expected ']' (for Array starting at line 1, column 1)",
			at:     "line: 1, column: 3",
		},
		{
			name: "nothing is open", raw: "]",
			reason: "Unexpected close marker ']': no open Array to close",
			at:     "line: 1, column: 1",
		},
		{
			name: "no comma", raw: `[1 2]`, offset: 3,
			reason: "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
			at:     "line: 1, column: 4",
		},
		{
			name: "no colon", raw: `{"a" 1}`, offset: 5,
			reason: "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
			at:     "line: 1, column: 6",
		},
		{
			name: "no name", raw: `{a:1}`, offset: 1,
			reason: "Unexpected character ('a' (code 97)): was expecting double-quote to start field name",
			at:     "line: 1, column: 2",
		},
		{
			name: "a comment", raw: `[/* */]`, offset: 1,
			reason: "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? " +
				"(not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
			at: "line: 1, column: 2",
		},
		{
			name: "a word", raw: `[nul]`, options: newest, offset: 1,
			reason: "Unrecognized token 'nul': was expecting " + tokens,
			at:     "line: 1, column: 2",
		},
		{
			name: "a word, older parser", raw: `[nul]`, options: older, offset: 5,
			reason: "Unrecognized token 'nul': was expecting " + tokens,
			at:     "line: 1, column: 6",
		},
		{
			name: "a leading zero", raw: `[01]`, offset: 2,
			reason: "Invalid numeric value: Leading zeroes not allowed",
			at:     "line: 1, column: 3",
		},
		{
			name: "an unknown escape", raw: `["\x"]`, offset: 3,
			reason: "Unrecognized character escape 'x' (code 120)",
			at:     "line: 1, column: 4",
		},
		{
			name: "a control character", raw: "[\"\x01\"]", offset: 2,
			reason: "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using backslash to be included in string value",
			at:     "line: 1, column: 3",
		},
		{
			name: "Latin-1", raw: "[\"\xE9\"]", offset: 2,
			reason: "Invalid UTF-8 middle byte 0x22",
			at:     "line: 1, column: 3",
		},
		{
			name: "a surrogate in a name", raw: `{"\ud83d":1}`, options: newest, offset: 9,
			reason: "Invalid UTF-8: Illegal surrogate character 0xd83d",
			at:     "line: 1, column: 10",
		},
		{
			name: "an encoded surrogate", raw: "\"\xED\xA0\xBD\"", options: newest, offset: 1,
			reason: "Invalid UTF-8: surrogate",
			at:     "line: 1, column: 2",
		},
		{
			name: "too deep", raw: strings.Repeat("[", 1001), offset: 1000,
			reason: "Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)",
		},
		{
			name: "a long number", raw: strings.Repeat("1", 1001),
			reason: "Number value length (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNumberLength()`)",
		},
		{
			name: "a long name", raw: `{"` + strings.Repeat("n", 50_001) + `":1}`, options: newest, offset: 1,
			reason: "Name length (50001) exceeds the maximum allowed (50000, from `StreamReadConstraints.getMaxNameLength()`)",
		},
	} {
		_, err := jackson.Parse([]byte(c.raw), c.options)
		bad, ok := errors.AsType[*jackson.SyntaxError](err)
		if !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if bad.Offset != c.offset || bad.Reason() != c.reason {
			t.Errorf("%s: at %d, want %d: %s", c.name, bad.Offset, c.offset, bad.Reason())
		}
		if !strings.HasPrefix(err.Error(), "reading JSON at byte ") || !strings.HasSuffix(err.Error(), c.reason) {
			t.Errorf("%s: %v", c.name, err)
		}
		place := "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); " + c.at + "]"
		if got := bad.Message(); c.at == "" && got != c.reason || c.at != "" && !strings.HasSuffix(got, place) {
			t.Errorf("%s: message %q", c.name, got)
		}
	}
}

// The place of an open array is worded by Jackson in the message.
func TestMessageOfOpenArray(t *testing.T) {
	t.Parallel()
	_, err := jackson.Parse([]byte("[\r1}"), newest)
	bad, _ := errors.AsType[*jackson.SyntaxError](err)
	const source = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: "
	want := "Unexpected close marker '}': expected ']' (for Array starting at " + source + "1, column: 1])\n at " + source + "2, column: 2]"
	if bad == nil || bad.Message() != want {
		t.Errorf("%v", err)
	}
}

// What is limited only by newer parsers.
func TestOptions(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"a long name":           `{"` + strings.Repeat("n", 50_001) + `":1}`,
		"a surrogate in a name": `{"\ud83d\ude00":1}`,
		"an encoded surrogate":  "\"\xED\xA0\xBD\"",
	} {
		if _, err := jackson.Parse([]byte(raw), jackson.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := jackson.Parse([]byte(raw), newest); err == nil {
			t.Errorf("%s is read by the newest parser", name)
		}
	}
}
