package main

import (
	"fmt"
	"strings"
	"unicode"
)

// losses are what Postman's program leaves out when it writes a folder, or writes as
// something else, and what internal/gitformat reads otherwise than servers read a
// collection: by name, what it does to a collection's items and their
// examples, and how many times there was something to lose.
var losses = []struct {
	name string
	of   func(item map[string]any) int
}{
	{"a collection without a name, which becomes New Collection", func(item map[string]any) int {
		info, is := item["info"].(map[string]any)
		if !is || info["name"] != nil {
			return 0
		}
		info["name"] = "New Collection"
		return 1
	}},
	{"a request without a method, which becomes a GET", inRequests(func(request map[string]any) int {
		if request["method"] != nil {
			return 0
		}
		request["method"] = "GET"
		return 1
	})},
	{"blanks before an address; its parts stand for one of blanks", inRequests(func(request map[string]any) int {
		url, _ := request["url"].(map[string]any)
		raw, _ := url["raw"].(string)
		trimmed := strings.TrimLeftFunc(raw, unicode.IsSpace)
		if trimmed == raw {
			return 0
		}
		url["raw"] = trimmed
		return 1
	})},
	{"a body without a mode, which becomes an empty text", inRequests(func(request map[string]any) int {
		body, is := request["body"].(map[string]any)
		if !is || body["mode"] != nil {
			return 0
		}
		request["body"] = map[string]any{"mode": "raw", "raw": ""}
		return 1
	})},
	{"the language of an answer without a body", func(item map[string]any) int {
		body, _ := item["body"].(string)
		_, has := item["_postman_previewlanguage"]
		if body != "" || !has {
			return 0
		}
		delete(item, "_postman_previewlanguage")
		return 1
	}},
	{"an address without a list of the parameters that it has, which gets one", inRequests(func(request map[string]any) int {
		url, _ := request["url"].(map[string]any)
		raw, _ := url["raw"].(string)
		raw, _, _ = strings.Cut(raw, "#")
		_, query, has := strings.Cut(raw, "?")
		if listed, _ := url["query"].([]any); !has || len(listed) > 0 {
			return 0
		}
		var list []any
		for param := range strings.SplitSeq(query, "&") {
			p := map[string]any{"key": nil, "value": nil}
			key, value, valued := strings.Cut(param, "=")
			if param != "" {
				p["key"] = key
			}
			if valued {
				p["value"] = value
			}
			list = append(list, p)
		}
		url["query"] = list
		return 1
	})},
	{"other parameters in the list of an address than in its text, which are a folder's", inRequests(func(request map[string]any) int {
		url, _ := request["url"].(map[string]any)
		raw, _ := url["raw"].(string)
		listed, _ := url["query"].([]any)
		query := queryOf(listed)
		base, _, _ := strings.Cut(raw, "?")
		if raw == "" || len(listed) == 0 || raw == base+query { // also where a parameter has a #
			return 0
		}
		address, _, _ := strings.Cut(raw, "#")
		base, _, _ = strings.Cut(address, "?")
		with := base + query + strings.TrimPrefix(raw, address)
		if with == raw {
			return 0
		}
		url["raw"] = with
		return 1
	})},
	{"null for a name or value, which becomes an empty text", func(item map[string]any) int {
		request := requestOf(item)
		url, _ := request["url"].(map[string]any)
		n := emptied(item, "name")
		for _, pairs := range []any{item["header"], request["header"], url["variable"]} {
			list, _ := pairs.([]any)
			for _, e := range list {
				if pair, is := e.(map[string]any); is {
					n += emptied(pair, "value")
				}
			}
		}
		return n
	}},
}

// queryOf is what the parameters of a list are in an address, with their question mark.
func queryOf(listed []any) string {
	var params []string
	for _, e := range listed {
		p, _ := e.(map[string]any)
		key, _ := p["key"].(string)
		if value := p["value"]; value != nil {
			key += fmt.Sprint("=", value)
		}
		if p["disabled"] != true {
			params = append(params, key)
		}
	}
	if len(params) == 0 {
		return ""
	}
	return "?" + strings.Join(params, "&")
}

// requestOf is the request of an item, or the one of an example.
func requestOf(item map[string]any) map[string]any {
	for _, key := range []string{"request", "originalRequest"} {
		if request, is := item[key].(map[string]any); is {
			return request
		}
	}
	return nil
}

func inRequests(of func(request map[string]any) int) func(map[string]any) int {
	return func(item map[string]any) int {
		if request := requestOf(item); request != nil {
			return of(request)
		}
		return 0
	}
}

// emptied makes an empty text of a member that is null.
func emptied(object map[string]any, key string) int {
	if v, has := object[key]; !has || v != nil {
		return 0
	}
	object[key] = ""
	return 1
}

// lose takes from a collection what its folder does not have, and counts it in lost, by
// name.
func lose(item map[string]any, lost map[string]int) {
	for _, loss := range losses {
		if n := loss.of(item); n > 0 {
			lost[loss.name] += n
		}
	}
	for _, key := range []string{"item", "response"} {
		list, _ := item[key].([]any)
		for _, e := range list {
			if inner, is := e.(map[string]any); is {
				lose(inner, lost)
			}
		}
	}
}
