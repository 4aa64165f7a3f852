package manifest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// TestSchema holds the published schema equal to the table.
func TestSchema(t *testing.T) {
	t.Parallel()
	const path = "../../docs/postman-microcks.schema.json"
	published, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(published) != string(Schema()) {
		t.Errorf("%s is out of date; run go generate ./internal/config", path)
	}
}

// validator knows the keywords that the schema uses, and no others.
type validator struct{ root map[string]any }

// refuses is what the schema says against a value; "" when it takes it.
func (v validator) refuses(schema map[string]any, value any) string {
	for keyword, want := range schema {
		wrong := ""
		switch keyword {
		case "$schema", "$defs", "title", "description":
		case "$ref":
			defs := v.root["$defs"].(map[string]any)
			wrong = v.refuses(defs[strings.TrimPrefix(want.(string), "#/$defs/")].(map[string]any), value)
		case "anyOf":
			wrong = "none of anyOf"
			for _, s := range want.([]any) {
				if v.refuses(s.(map[string]any), value) == "" {
					wrong = ""
				}
			}
		case "type":
			if got := typeOf(value); got != want {
				wrong = fmt.Sprintf("%s, not %s", got, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				wrong = "not in enum"
			}
		default:
			wrong = v.bounds(schema, keyword, want, value)
		}
		if wrong != "" {
			return keyword + ": " + wrong
		}
	}
	return ""
}

func (v validator) bounds(schema map[string]any, keyword string, want, value any) string {
	switch keyword {
	case "minLength", "maxLength":
		s, is := value.(string)
		n, bound := utf8.RuneCountInString(s), int(want.(float64))
		if is && (keyword == "minLength" && n < bound || keyword == "maxLength" && n > bound) {
			return fmt.Sprint(n)
		}
	case "maxItems":
		if list, is := value.([]any); is && len(list) > int(want.(float64)) {
			return fmt.Sprint(len(list))
		}
	case "items":
		list, _ := value.([]any)
		for _, e := range list {
			if wrong := v.refuses(want.(map[string]any), e); wrong != "" {
				return wrong
			}
		}
	case "required":
		members, _ := value.(map[string]any)
		for _, name := range want.([]any) {
			if _, has := members[name.(string)]; !has {
				return fmt.Sprint(name)
			}
		}
	case "propertyNames":
		members, _ := value.(map[string]any)
		for name := range members {
			if wrong := v.refuses(want.(map[string]any), name); wrong != "" {
				return wrong
			}
		}
	case "properties", "additionalProperties":
		properties, _ := schema["properties"].(map[string]any)
		members, _ := value.(map[string]any)
		for name, member := range members {
			s, is := properties[name].(map[string]any)
			if !is {
				switch more := schema["additionalProperties"].(type) {
				case bool:
					return "additional " + name
				case map[string]any:
					s = more
				}
			}
			if wrong := v.refuses(s, member); wrong != "" {
				return wrong
			}
		}
	default:
		return "the keyword is unknown"
	}
	return ""
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case nil:
		return "null"
	}
	return "number"
}

// TestSchemaJudges holds that the schema takes and refuses what reading does, as far as a
// schema can.
func TestSchemaJudges(t *testing.T) {
	t.Parallel()
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	v := validator{schema}
	// Which only a reader of the text sees.
	beyond := []string{"documents", "line break", "return", "not YAML", "tag of text"}
	judged := 0
	for name, text := range wrongOnes(t) {
		var value any
		if yaml.Unmarshal([]byte(text), &value) != nil || slices.Contains(beyond, name) {
			continue
		}
		judged++
		if v.refuses(schema, value) == "" {
			t.Errorf("%s: the schema takes it", name)
		}
	}
	if judged < 15 {
		t.Errorf("%d wrong manifests were judged", judged)
	}
	for _, text := range []string{everything, "collections: []", "collections: [a]\ndefaults: {}\n"} {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if wrong := v.refuses(schema, value); wrong != "" {
			t.Errorf("the schema refuses %q: %s", text, wrong)
		}
	}
}
