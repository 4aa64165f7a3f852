package jackson_test

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// object has n members m0 to mn, each with its number.
func object(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"m%d":%d`, i, i)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func TestMembersOfAnyNumber(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 31, 32, 33, 34, 1000} {
		wide := object(n)
		repeats := strings.TrimSuffix(wide, "}") + `,"m0":"again","m\u0030":"last"}`
		replaced := fmt.Sprintf(`{"a":%s,"a":{"b":1},"c":{},"c":%s}`, wide, wide)
		for i := range n {
			name := fmt.Sprintf("m%d", i)
			if got := mustParse(t, wide).Root().At(name).AsText(); got != fmt.Sprint(i) {
				t.Errorf("%s of %d: %q", name, n, got)
			}
			if got := mustParse(t, replaced).Root().At("c").At(name).AsText(); got != fmt.Sprint(i) {
				t.Errorf("%s of %d, in the place of another object: %q", name, n, got)
			}
			if n > 100 && i > 40 {
				break
			}
		}
		if got := mustParse(t, replaced).Root().At("a").At("m0"); got.Exists() {
			t.Errorf("%d: a member of the replaced object is there: %s", n, got.AsText())
		}
		root := mustParse(t, repeats).Root()
		if got := root.At("m0").AsText(); got != "last" || root.Size() != n {
			t.Errorf("%d members: the repeated one is %q, size %d", n, got, root.Size())
		}
		if root.At("other").Exists() {
			t.Errorf("%d: a member that is not there", n)
		}
	}
}

// Twice the input costs at most twice the work, whatever is nested in it.
func TestWorkOfParsingGrowsWithTheInput(t *testing.T) {
	t.Parallel()
	inner := object(40)
	for name, c := range map[string]func(n int) string{
		"members":           object,
		"members in each":   func(n int) string { return "[" + strings.Repeat(inner+",", n/40) + "0]" },
		"repeated members":  func(n int) string { return "{" + strings.TrimSuffix(strings.Repeat(`"a":[0,0],`, n), ",") + "}" },
		"elements":          func(n int) string { return "[" + strings.Repeat("0,", n) + "0]" },
		"repeats of a wide": func(n int) string { return strings.TrimSuffix(inner, "}") + strings.Repeat(`,"m1":0`, n) + "}" },
	} {
		cost := func(n int) (work, memory int) {
			m := budget.New(t.Context())
			if err := m.Within(func() { _, _ = jackson.ParseWithin(m, []byte(c(n)), jackson.Options{}) }); err != nil {
				t.Fatal(name, err)
			}
			return m.Used()
		}
		work, memory := cost(5000)
		twice, twiceMemory := cost(10_000)
		if twice > 2*work+work/4 || twiceMemory > 2*memory+memory/4 {
			t.Errorf("%s: work %d, then %d; memory %d, then %d", name, work, twice, memory, twiceMemory)
		}
	}
}

func TestTheStartOfALongText(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"a", "é", `\u00e9`, `\n`, `\ud83d\ude00`, "\u00e9x"} {
		v := mustParse(t, `"`+strings.Repeat(unit, 5000)+`"`).Root()
		whole, start := v.AsText(), v.TextStart(100)
		if len(start) < 100 || !strings.HasPrefix(whole, strings.ToValidUTF8(start, "")[:100]) || len(start) > 1300 {
			t.Errorf("%s: %d bytes: %.30q", unit, len(start), start)
		}
		if v.LongerThan(len(whole)) || !v.LongerThan(len(whole)/24) {
			t.Errorf("%s: longer than %d: %v", unit, len(whole), v.LongerThan(len(whole)))
		}
		if short := mustParse(t, `"`+unit+`"`).Root(); short.TextStart(100) != short.AsText() {
			t.Errorf("%s: %q", unit, short.TextStart(100))
		}
	}
}
