package result

import (
	"reflect"

	"postman-microcks-importer/internal/text"
)

// mostShown is how many runes of a text in a Result are told: more than any place
// but the output result has room for. A collection may have a name of many megabytes.
const mostShown = 8192

// Rewritten is a copy of the Result in which f has been over every text, of which a
// long one was cut at 8192 runes before, the last one an ellipsis. The
// words that only this program chooses, such as a Status, have types of their own
// and stay.
func (r *Result) Rewritten(f func(string) string) *Result {
	return rewritten(reflect.ValueOf(r), f).Interface().(*Result)
}

func rewritten(v reflect.Value, f func(string) string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[text.Untrusted]() {
			return reflect.ValueOf(f(text.Cut(v.String(), mostShown))).Convert(v.Type())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			to := reflect.New(v.Type().Elem())
			to.Elem().Set(rewritten(v.Elem(), f))
			return to
		}
	case reflect.Slice:
		if !v.IsNil() {
			to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			for i := range v.Len() {
				to.Index(i).Set(rewritten(v.Index(i), f))
			}
			return to
		}
	case reflect.Map:
		if !v.IsNil() {
			to := reflect.MakeMapWithSize(v.Type(), v.Len())
			for key, value := range v.Seq2() {
				to.SetMapIndex(rewritten(key, f), rewritten(value, f))
			}
			return to
		}
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			to.Field(i).Set(rewritten(v.Field(i), f))
		}
		return to
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
	default:
		// A text in another kind of place would not be seen: no Result has one.
		panic("a result with a " + v.Type().String())
	}
	return v
}
