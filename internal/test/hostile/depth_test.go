package hostile

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// mostStack is what the stack of a goroutine may take here, in bytes: a small part of
// the gigabyte that Go allows, so that what would overflow with millions of levels
// does so with fewer.
const mostStack = 32 << 20

// A stack that overflows ends a Go program, and nothing can catch it. Whatever is
// nested without a bound, and wherever it stands, is judged and told.
func TestNothingIsTooDeep(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(mostStack))
	const depth = 150_000
	for _, pair := range [][2]string{
		{"[", "]"}, {"{", "}"}, {`{"a":`, "}"}, {`[{"item":`, "}]"}, {"(", ")"}, {"(?:", ")*"}, {"(a|", ")"}, {"[a", "]"}, {"[^", "]"},
		{"[a&&", "]"}, {"a|", ""}, {"(a)?", ""}, {"{{", "}}"}, {"/{a", "}"}, {"/:", ""}, {"/..", ""}, {"%25", ""}, {"<a>", "</a>"}, {"&amp;", ""},
		{"{a", "}"}, {"- ", ""}, {`\"`, ""}, {`\\Q`, `\\E`},
	} {
		t.Run(pair[0], func(t *testing.T) {
			judgeDeep(strings.Repeat(pair[0], depth) + "0" + strings.Repeat(pair[1], depth))
		})
	}
}

// judgeDeep puts a text wherever a collection has one, and tells what comes of it.
func judgeDeep(deep string) {
	quoted, err := json.Marshal(deep)
	if err != nil {
		panic(err) // of a string
	}
	const around = `{"collection":{"info":{"name":"Deep","description":"version=1.0 - x"},"item":[%s]}}`
	item := fmt.Sprintf(`{"name":%[1]s,"request":{"method":"POST","url":{"raw":%[1]s}},"response":[{"name":%[1]s,"body":%[1]s,`+
		`"originalRequest":{"url":{"raw":%[1]s},"body":{"graphql":{"query":%[1]s,"variables":%[1]s}}}}]}`, quoted)
	told := &result.Result{Mode: result.Check, Status: result.Failed}
	for _, raw := range []string{
		deep, deep[:len(deep)/2], "<?xml version='1.0'?>" + deep, `{"openapi":"3.0.0","x":` + deep,
		fmt.Sprintf(around, deep), fmt.Sprintf(around, item),
	} {
		m := budget.New(context.Background())
		im := predict.ReadWithin(m, []byte(raw), predict.Options{}).ImportWithin(m, predict.Target{Main: true})
		told.Collections = append(told.Collections, result.Collection{Findings: lint.CheckWithin(m, im, lint.MostOfAll)})
	}
	if p, err := java.Compile(deep[:min(len(deep), 1<<20)], java.Options{}); err == nil {
		p.Match(deep)
	}
	told.Problems = []result.Problem{{Level: result.Error, Text: text.HideCredentials(text.Untrusted(deep))}}
	var scrubber text.Scrubber
	scrubber.Add("a credential of many characters")
	told = told.Rewritten(scrubber.Hide)
	report.Log(told, report.Context{})
	report.Annotations(told)
	report.Outputs(told)
	report.Summary(told, report.Context{})
}
