package result_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// planted gives every field below v something: a text, one element, a number.
func planted(v reflect.Value) int {
	texts := 0
	switch v.Kind() {
	case reflect.String:
		v.SetString("SECRET")
		if v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[text.Untrusted]() {
			return 1
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return planted(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		return planted(v.Index(0)) + planted(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		texts = planted(key) + planted(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			texts += planted(v.Field(i))
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	default:
		panic(v.Type())
	}
	return texts
}

// Every field that a Result can have is rewritten, in a copy.
func TestRewritten(t *testing.T) {
	t.Parallel()
	var full result.Result
	texts := planted(reflect.ValueOf(&full).Elem())
	before, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	got := full.Rewritten(func(s string) string {
		seen++
		return strings.ToLower(s)
	})
	after, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	// What is left of the planted texts are words with types of their own.
	if seen != texts || strings.Count(string(after), `"secret"`) < texts {
		t.Errorf("%d of %d texts were rewritten: %s", seen, texts, after)
	}
	if again, _ := json.Marshal(full); string(again) != string(before) {
		t.Errorf("the result itself was changed:\n%s", again)
	}
	long := result.Result{Version: strings.Repeat("x", 10_000)}
	if got := long.Rewritten(func(s string) string { return s + "!" }).Version; got != strings.Repeat("x", 8191)+"…!" {
		t.Errorf("of a long text %d bytes were rewritten", len(got))
	}
	if d := cmp.Diff(&full, full.Rewritten(func(s string) string { return s })); d != "" {
		t.Errorf("a copy differs (-want +got):\n%s", d)
	}
}
