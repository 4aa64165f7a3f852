package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// sourceURL stands for the address that an input was downloaded from.
const sourceURL = "https://api.getpostman.com/collections/<uid>"

// difference is one place where prediction and observation disagree.
type difference struct {
	place               string
	predicted, observed string
}

// compareAll predicts what the observations name and writes the differences.
func compareAll(version, observed, dir string, uploads bool, out io.Writer) (agree, disagree int, err error) {
	all, err := readObservations(observed)
	if err != nil {
		return 0, 0, err
	}
	for _, o := range all {
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(o.File)))
		if err != nil {
			return 0, 0, fmt.Errorf("reading input: %w", err)
		}
		if uploads {
			raw = uploaded(raw)
		}
		p := predict.Read(raw, predict.Options{Version: version}).Import(predict.Target{Main: true, URL: sourceURL})
		differences := compare(p.Prediction, o)
		for _, d := range differences {
			fmt.Fprintf(out, "%s: %s: predicted %s, observed %s\n", o.File, d.place, d.predicted, d.observed)
		}
		if len(differences) > 0 {
			disagree++
		} else {
			agree++
		}
	}
	return agree, disagree, nil
}

// compare lists the differences between a prediction and what was seen. What
// the prediction calls unknown is a difference too: it does not tell what was
// to be told.
func compare(p predict.Prediction, o observation) []difference {
	var c comparison
	status := 200
	if p.Outcome == predict.Crashed {
		status = 500
	}
	if !c.same("start status class", status/100, o.StartStatus/100) || o.StartStatus >= 500 {
		return c.differences
	}
	var importError *string
	if p.Outcome == predict.Refused {
		importError = &p.ImportError
		if p.ImportErrorUnknown {
			c.unknown("lastImportError", o.LastImportError)
		}
	}
	if !p.ImportErrorUnknown {
		seen := o.LastImportError
		if seen != nil {
			seen = ptr(strings.ReplaceAll(*seen, "…/collections/<uid>", sourceURL))
		}
		c.same("lastImportError", importError, seen)
	}
	var services []observedServer
	var refs []serviceRef
	if p.Service != nil {
		services = []observedServer{observable(p.Service, c.unknown)}
		refs = []serviceRef{{p.Name, p.Version, true}}
	} else if p.Outcome == predict.Skipped && p.Name != "" {
		refs = []serviceRef{{p.Name, p.Version, false}}
	}
	c.same("serviceRefs", refs, o.ServiceRefs)
	c.services(services, o.Services)
	return c.differences
}

func ptr[T any](v T) *T { return &v }

type comparison struct{ differences []difference }

// same reports whether two values are the same JSON, and notes a difference.
func (c *comparison) same(place string, predicted, observed any) bool {
	p, o := text(predicted), text(observed)
	if p != o {
		c.differences = append(c.differences, difference{place, p, o})
	}
	return p == o
}

func (c *comparison) unknown(place string, observed any) {
	c.differences = append(c.differences, difference{place, "unknown", text(observed)})
}

// text is a value on one line; an empty list and none are the same.
func text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	s := strings.TrimSuffix(b.String(), "\n")
	if s == "null" && strings.HasPrefix(fmt.Sprintf("%T", v), "[]") {
		return "[]"
	}
	return s
}

func (c *comparison) services(predicted, observed []observedServer) {
	key := func(s observedServer) string { return s.Name + " · " + s.Version }
	pair(predicted, observed, key, func(k string, p, o *observedServer) {
		place := "service " + text(k)
		if p == nil || o == nil {
			c.same(place, present(p), present(o))
			return
		}
		c.same(place+" type", p.Type, o.Type)
		c.operations(place, p.Operations, o.Operations)
	})
}

func present[T any](v *T) string {
	if v == nil {
		return "absent"
	}
	return "present"
}

// pair calls both for every key that either side has, in order.
func pair[T any](predicted, observed []T, key func(T) string, both func(k string, p, o *T)) {
	index := map[string][2]*T{}
	var keys []string
	put := func(list []T, side int) {
		seen := map[string]int{}
		for i := range list {
			k := key(list[i])
			if seen[k]++; seen[k] > 1 {
				k = fmt.Sprintf("%s #%d", k, seen[k])
			}
			entry, known := index[k]
			if !known {
				keys = append(keys, k)
			}
			entry[side] = &list[i]
			index[k] = entry
		}
	}
	put(predicted, 0)
	put(observed, 1)
	for _, k := range keys {
		both(k, index[k][0], index[k][1])
	}
}

func (c *comparison) operations(place string, predicted, observed []observedOperation) {
	byName := func(o observedOperation) string { return o.Name }
	pair(predicted, observed, byName, func(k string, p, o *observedOperation) {
		place := place + " operation " + text(k)
		if p == nil || o == nil {
			c.same(place, present(p), present(o))
			return
		}
		c.same(place+" method", p.Method, o.Method)
		c.same(place+" dispatcher", p.Dispatcher, o.Dispatcher)
		c.same(place+" dispatcherRules", p.DispatcherRules, o.DispatcherRules)
		seen := slices.Clone(o.ResourcePaths)
		slices.Sort(seen)
		c.same(place+" resourcePaths", p.ResourcePaths, seen)
		c.examples(place, p.Examples, o.Examples)
	})
}

// examples compares two lists as sets: a server returns them in any order.
// Where several Content-Type headers leave the media type open, any of them
// agrees.
func (c *comparison) examples(place string, predicted, observed []observedExample) {
	left := make(map[string][]observedExample, len(observed))
	for _, o := range observed {
		left[text(o)] = append(left[text(o)], o)
	}
	take := func(e observedExample) bool {
		k := text(e)
		if len(left[k]) == 0 {
			return false
		}
		left[k] = left[k][1:]
		return true
	}
	var missing []observedExample
	for i, p := range predicted {
		if take(p) || slices.ContainsFunc(p.mediaTypes, func(t string) bool {
			p.MediaType = &t
			return take(p)
		}) {
			continue
		}
		missing = append(missing, predicted[i])
	}
	var surplus []observedExample
	for _, o := range observed {
		if k := text(o); len(left[k]) > 0 {
			left[k] = left[k][1:]
			surplus = append(surplus, o)
		}
	}
	byName := func(e observedExample) string { return text(e.Name) }
	pair(missing, surplus, byName, func(k string, p, o *observedExample) {
		place := place + " example " + k
		if p == nil || o == nil {
			c.same(place, present(p), present(o))
			return
		}
		c.same(place+" status", p.Status, o.Status)
		if o.MediaType == nil || !slices.Contains(p.mediaTypes, *o.MediaType) {
			c.same(place+" mediaType", p.MediaType, o.MediaType)
		}
		c.same(place+" dispatchCriteria", p.DispatchCriteria, o.DispatchCriteria)
		c.same(place+" requestContent", p.RequestContent, o.RequestContent)
		c.same(place+" responseContent", p.ResponseContent, o.ResponseContent)
		c.same(place+" source", p.Source, o.Source)
	})
}

// observable is a predicted service in the form of an observation. unknown is
// told what cannot be compared.
func observable(s *predict.Service, unknown func(string, any)) observedServer {
	out := observedServer{Name: s.Name, Version: s.Version, Type: s.Type}
	for _, op := range s.Operations {
		if op.Unknown {
			unknown("operation "+text(op.Name), "something")
		}
		o := observedOperation{Name: op.Name, Method: ptr(op.Method), DispatcherRules: op.DispatcherRules, ResourcePaths: op.ResourcePaths}
		if op.Dispatcher != "" {
			o.Dispatcher = ptr(op.Dispatcher)
		}
		for _, e := range op.Examples {
			if e.Unknown {
				unknown("operation "+text(op.Name)+" example "+text(e.Name), "something")
			}
			o.Examples = append(o.Examples, observedExample{
				Name: ptr(e.Name), Status: ptr(e.Response.Status), MediaType: mediaType(e.Response),
				DispatchCriteria: e.DispatchCriteria, RequestContent: e.Request.Content, ResponseContent: e.Response.Content,
				Source: e.SourceArtifact == s.SourceArtifact, mediaTypes: e.Response.MediaTypes,
			})
		}
		out.Operations = append(out.Operations, o)
	}
	return out
}

// mediaType is null where there is none, and "" where a header says so.
func mediaType(r predict.Response) *string {
	if r.MediaType != "" {
		return ptr(r.MediaType)
	}
	if slices.ContainsFunc(r.Headers, func(h predict.Header) bool { return strings.EqualFold(h.Name, "Content-Type") }) {
		return ptr("")
	}
	return nil
}
