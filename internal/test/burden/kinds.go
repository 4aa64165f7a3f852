package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/budget"
)

// kind makes collections of any size that are meant to cost more than their size.
type kind struct {
	name string
	make func(size int) string
	// version of the server, the newest when empty.
	version string
	// bound is the work, in units of a budget, that a fixed bound allows it, to which
	// it may rise faster than its size; 0 for the kinds that meet none.
	bound int
}

// Bounds that collections can be made to meet.
const (
	ofPatterns = 120_000_000 // matching names with names that are regular expressions
	ofNames    = 45_000_000  // comparing names
	ofPairs    = budget.MostWork
)

// kinds of hostile collections.
var kinds = []kind{
	{name: "ambiguous patterns", bound: ofPatterns, make: requests(func(i int) string {
		return itemAt(fmt.Sprintf("/:x/(a|a)*%db/%s", i, strings.Repeat("a", 30)))
	})},
	{name: "nested quantifiers", bound: ofPatterns, make: requests(func(i int) string {
		return itemAt(fmt.Sprintf("/:x/((a+)+)+%d/%s!", i, strings.Repeat("a", 40)))
	})},
	{name: "references", bound: ofPatterns, make: requests(func(i int) string {
		return itemAt(fmt.Sprintf(`/:x/(a*)(a*)\\1\\2%d/%s`, i, strings.Repeat("a", 60)))
	})},
	{name: "names that match all", make: requests(func(i int) string { return itemAt(fmt.Sprintf("/(.*.*.*)%d", i)) })},
	{name: "curly paths", make: requests(func(i int) string { return itemAt(fmt.Sprintf("/a%d/{id}", i)) })},
	{name: "dotted paths", bound: ofNames, make: requests(func(i int) string { return itemAt(fmt.Sprintf("/a.%07d", i)) })},
	{name: "long class", make: onePath(func(n int) string { return "/:x/[" + repeated("ab", n) + "]*" + strings.Repeat("c", 999) })},
	{name: "classes in a class", make: onePath(func(n int) string { return "/:x/[" + repeated("[a]", n) + "]*" + strings.Repeat("c", 999) })},
	{name: "many classes", bound: ofPatterns, make: requests(func(i int) string {
		return itemAt(fmt.Sprintf("/:x/[%s]*%d%s", strings.Repeat(`\\d\\w`, 100), i, strings.Repeat("c", 300)))
	})},
	{name: "intersections", make: onePath(func(n int) string { return "/:x/[a" + repeated("&&a", n) + "]*aaa" })},
	{name: "parentheses", make: onePath(func(n int) string { return "/:x/" + repeated("()", n) })},
	{name: "nested parentheses", make: onePath(func(n int) string { return "/:x/" + repeated("(", n/2) + repeated(")", n/2) })},
	{name: "branches", make: onePath(func(n int) string { return "/:x/" + repeated("|", n) })},
	{name: "optional groups", make: onePath(func(n int) string { return "/:x/" + repeated("(a)?", min(n, 12000)) + repeated("a", n) })},
	{name: "long group name", make: onePath(func(n int) string { return "/:x/(?<" + repeated("a", n) + ">a)" })},
	{name: "stars", make: onePath(func(n int) string { return "/:x/" + repeated(".*", min(n, 9000)) + repeated("a", n) + "b" })},
	{name: "repeated group", make: onePath(func(n int) string { return "/:x/(a)*" + repeated("a", n) })},
	{name: "braces", make: onePath(func(n int) string { return "/" + repeated("{{", n) })},
	{name: "colons", make: onePath(func(n int) string { return "/" + repeated("/:a", n) })},
	{name: "spaces before paths", bound: ofNames, make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"r","request":{"method":"%s","url":{"raw":"/.a"}}}`, strings.Repeat(" ", 500+i))
	})},
	{name: "one name of spaces", make: onePath(func(n int) string { return "x" + repeated(" ", n) + "/a." })},
	{name: "many paths", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a/:id"}},"response":[` + list(size, func(i int) string {
			return exampleAt("e", fmt.Sprintf("h/a/%09d", i*7919%1000000007), "")
		}) + `]}`)
	}},
	{name: "examples of one name", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a"}},"response":[` + list(size, func(i int) string {
			return fmt.Sprintf(`{"name":"e","code":200,"body":"%d"}`, i)
		}) + `]}`)
	}},
	{name: "examples of two media types", bound: ofPairs, make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a"}},"response":[` + list(size, func(i int) string {
			return fmt.Sprintf(`{"name":"e","header":[{"key":"Content-Type","value":"a/%d"},{"key":"Content-Type","value":"b/%d"}]}`, i, i)
		}) + `]}`)
	}},
	{name: "long folder name", make: func(size int) string {
		return collection(`{"name":"` + strings.Repeat("long ", size/10) + `","item":[` + list(size/2, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"get","url":{"raw":"{{a}}/{{b}}%d"}}}`, i)
		}) + `]}`)
	}},
	{name: "long member name", make: func(size int) string {
		return `{"collection":{"info":{"name":"Pets","description":"version=1.0 "},"item":{"` + strings.Repeat("long ", size/10) + `":{"item":[` +
			list(size/2, func(i int) string {
				return fmt.Sprintf(`{"name":"r","request":{"method":"get","url":{"raw":"{{a}}/{{b}}%d"}}}`, i)
			}) + `]}}}}`
	}},
	{name: "deep folders", make: func(size int) string {
		const depth = 480
		name := strings.Repeat("f", size/4/depth)
		return collection(strings.Repeat(`{"name":"`+name+`","item":[`, depth) + list(size/2, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"get","url":{"raw":"{{a}}/{{b}}%d"}}}`, i)
		}) + strings.Repeat("]}", depth))
	}},
	{name: "wide object", make: func(size int) string {
		return collection("{" + list(size, func(i int) string { return fmt.Sprintf(`"m%d":0`, i) }) + "}")
	}},
	{name: "wide folder", make: func(size int) string {
		return collection("{" + list(size/2, func(i int) string { return fmt.Sprintf(`"m%d":0`, i) }) + `,"item":[` +
			list(size/2, func(i int) string {
				return fmt.Sprintf(`{"name":"r","request":{"method":"get","url":{"raw":"{{a}}/{{b}}%d"}}}`, i)
			}) + `],"name":"wide"}`)
	}},
	{name: "nested members", make: func(size int) string {
		many := list(400, func(i int) string { return fmt.Sprintf(`"m%d":0`, i) })
		return collection("{" + list(size, func(i int) string { return fmt.Sprintf(`"o%d":{%s}`, i, many) }) + "}")
	}},
	{name: "members of members", make: func(size int) string {
		const depth = 300
		each := max(40, size/depth/9)
		level := func(at int) string {
			return list(each*9, func(i int) string { return fmt.Sprintf(`"%d-%d":0`, at, i) })
		}
		var b strings.Builder
		for i := range depth {
			b.WriteString("{" + level(i) + `,"in":`)
		}
		return collection(b.String() + "0" + strings.Repeat("}", depth))
	}},
	{name: "repeated member", make: func(size int) string {
		return collection("{" + list(size, func(int) string { return `"a":[0,0,0]` }) + "}")
	}},
	{name: "escaped members", make: func(size int) string {
		return collection("{" + list(size, func(i int) string { return fmt.Sprintf(`"\u006d%d":0`, i) }) + "}")
	}},
	{name: "wide array", make: func(size int) string { return collection("[" + list(size, func(int) string { return "0" }) + "]") }},
	{name: "empty objects", make: func(size int) string { return collection(list(size, func(int) string { return "{}" })) }},
	{name: "deep arrays", make: func(size int) string {
		return collection(list(size, func(int) string { return strings.Repeat("[", 900) + strings.Repeat("]", 900) }))
	}},
	{name: "too deep", make: func(size int) string { return strings.Repeat("[", size) }},
	{name: "variables", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a/:id"}},"response":[` +
			`{"name":"e","originalRequest":{"url":{"raw":"h/a/:id","variable":[` + list(size, func(i int) string {
			return fmt.Sprintf(`{"key":"v%d","value":"x"}`, i)
		}) + `]}}}]}`)
	}},
	{name: "variables that repeat", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a/:v"}},"response":[` +
			exampleAt("e", "h"+strings.Repeat("/:v", size/6), `{"key":"v","value":"`+strings.Repeat("x", size/2)+`"}`) + `]}`)
	}},
	{name: "variables in many examples", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a/:id"}},"response":[` + list(size, func(i int) string {
			return exampleAt("e", "h/a/:id", fmt.Sprintf(`{"key":"v%d(a|a)*","value":"x"}`, i))
		}) + `]}`)
	}},
	{name: "query parameters", make: query},
	{name: "query parameters before 1.9", make: query, version: "1.8.0"},
	{name: "query of strangers", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a?` + joined(size/2, "&", func(i int) string {
			return fmt.Sprintf("p%d=1", i)
		}) + `"}},"response":[` + list(size/2, func(i int) string { return exampleAt("e", fmt.Sprintf("h/a?q%d=1", i), "") }) + `]}`)
	}},
	{name: "one body for all", bound: ofNames, make: func(size int) string {
		return collection(list(size/2, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"GET","url":{"raw":"/%s"}},"response":[]}`, dots(i, 12))
		}) + `,{"name":"r","request":{"method":"GET","url":{"raw":"/aaaaaaaaaaaa"}},"response":[{"name":"e","body":"` +
			strings.Repeat("x", size/2) + `"}]}`)
	}},
	{name: "one header list for all", bound: ofNames, make: func(size int) string {
		return collection(list(size/2, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"GET","url":{"raw":"/%s"}},"response":[]}`, dots(i, 12))
		}) + `,{"name":"r","request":{"method":"GET","url":{"raw":"/aaaaaaaaaaaa"}},"response":[{"name":"e","header":[` +
			list(size/2, func(i int) string { return fmt.Sprintf(`{"key":"h%d","value":"x"}`, i) }) + `]}]}`)
	}},
	{name: "all for all", bound: ofPairs, make: func(size int) string {
		return collection(list(size, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"GET","url":{"raw":"/%s"}},"response":[{},{},{}]}`, dots(i, 12))
		}))
	}},
	{name: "methods of one address", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"r","request":{"method":"M%d","url":{"raw":"h/:a/:b?c={{d}}"}},`+
			`"response":[{"name":"e","header":[{"key":"Content-Encoding","value":"gzip"}]}]}`, i)
	})},
	{name: "long texts", make: func(size int) string {
		long := strings.Repeat("é", size/6)
		return collection(`{"name":"` + long + `","request":{"method":"GET","url":{"raw":"h/` + long + `{{x}}"}},"response":[` +
			list(size/3, func(int) string { return `{"name":"e"}` }) + `]}`)
	}},
	{name: "lone surrogates", make: func(size int) string {
		return collection(list(size, func(i int) string {
			return fmt.Sprintf(`{"name":"\ud800","request":{"method":"GET","url":{"raw":"h/\ud800%d"}},`+
				`"response":[{"name":"\ud800","body":"\ud800"}]}`, i)
		}))
	}},
	{name: "graphql variables", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a"}},` +
			`"response":[{"name":"e","originalRequest":{"body":{"graphql":{"query":"q","variables":"[` +
			repeated("0,", size) + `0]"}}}}]}`)
	}},
	{name: "deep items", make: func(size int) string {
		const depth = 490
		return collection(list(size, func(i int) string {
			return strings.Repeat(`{"item":[`, depth) + itemAt(fmt.Sprintf("/a%d", i)) + strings.Repeat("]}", depth)
		}))
	}},
	{name: "variables of variables", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a/:v0/:v1"}},"response":[` + list(size, func(i int) string {
			return exampleAt("e", "h/a/:v0/:v1", joined(4096, ",", func(k int) string {
				return fmt.Sprintf(`{"key":"v%d","value":":v%d{v%d}%d"}`, k, k+1, k+2, i)
			}))
		}) + `]}`)
	}},
	{name: "many headers", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a"}},"response":[{"name":"e","originalRequest":{"header":[` +
			list(size/2, func(i int) string { return fmt.Sprintf(`{"key":"h%d","value":"x"}`, i*7919%1000000007) }) + `]},"header":[` +
			list(size/2, func(int) string { return `{"key":"Content-Type","value":"a/b"}` }) + `]}]}`)
	}},
	{name: "operations of one name", make: requests(func(int) string { return itemAt("/same/:id?q=1") })},
	{name: "path of parameters", make: onePath(func(n int) string {
		return joined(n, "", func(i int) string { return fmt.Sprintf("/:p%d", i) })
	})},
	{name: "paths of parameters", make: requests(func(i int) string {
		return itemAt(joined(8<<10, "", func(k int) string { return fmt.Sprintf("/:p%d_%d", i, k) }))
	})},
	{name: "long path, many examples", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/` + strings.Repeat("a", size/2) + `/:id"}},"response":[` +
			list(size/2, func(i int) string { return exampleAt("e", "h", fmt.Sprintf(`{"key":"id","value":"%d"}`, i)) }) + `]}`)
	}},
	{name: "addresses of 8 kB", make: func(size int) string {
		return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/` + strings.Repeat("a", 7900) + `/:id"}},"response":[` +
			list(size, func(i int) string { return exampleAt("e", "h", fmt.Sprintf(`{"key":"id","value":"%d"}`, i)) }) + `]}`)
	}},
	{name: "repeated names", make: func(size int) string {
		return collection(`{` + list(size/2, func(int) string { return `"name":"r","name":"s"` }) + `},` + list(size/2, func(i int) string {
			return fmt.Sprintf(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a%d"}},"response":[],"response":[{"name":"e"}]}`, i)
		}))
	}},
	{name: "escapes", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"%[1]s","request":{"method":"GET","url":{"raw":"h/a%[2]d?a=%[1]s"}},"response":[{"name":"%[1]s",`+
			`"originalRequest":{"url":{"raw":"h/a%[2]d?a=%[1]s"}},"body":"%[1]s"}]}`, strings.Repeat(`\u005cu0025\u00265c`, 40), i)
	})},
	{name: "percent signs", make: requests(func(i int) string { return itemAt(fmt.Sprintf("/a%d?%s=1", i, strings.Repeat("%2525", 100))) })},
	{name: "no UTF-8", make: requests(func(i int) string {
		return itemAt(fmt.Sprintf("/\xed\xa0\x80\xff\xfe%d/:id", i)) + `,"` + strings.Repeat("\xf4\xbf\xbf\xbf\xc0\x80", 50) + `"`
	})},
	{name: "large numbers", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":%[1]s,"request":{"method":"GET","url":{"raw":"h/a%[2]d"}},`+
			`"response":[{"name":%[1]s,"code":1e-%[2]d,"body":%[1]s}]}`,
			strings.Repeat("9", 990)+"e999999", i)
	})},
	{name: "graphql bodies", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"r","request":{"method":"POST","url":{"raw":"h/a%d"},"body":{"mode":"graphql"}},"response":[{"name":"e",`+
			`"originalRequest":{"body":{"graphql":{"query":"%s","variables":"{%s}"}}}}]}`, i, strings.Repeat(`\n`, 200),
			joined(400, ",", func(k int) string { return fmt.Sprintf(`\"v%d\":1`, k) }))
	}), version: "1.9.0"},
	{name: "byte order mark", make: func(size int) string {
		return "\xef\xbb\xbf" + requests(func(int) string { return itemAt("/a") })(size)
	}},
	{name: "UTF-16", make: func(size int) string {
		half := requests(func(i int) string { return itemAt(fmt.Sprintf("/a%d", i)) })(size / 2)
		return "\xff\xfe" + strings.Join(strings.Split(half, ""), "\x00") + "\x00"
	}},
	{name: "beginnings of credentials", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"r","request":{"method":"GET","header":[{"key":"%[1]s","value":"%[1]s"}],"url":{"raw":"h/a%[2]d"}}}`,
			strings.Repeat("ghp_-----BEGIN AKIA", 1000), i)
	})},
	{name: "pointers of escapes", make: func(size int) string {
		return collection(`{"` + strings.Repeat(`\\`, 2000) + `":[` + list(size, func(i int) string {
			return fmt.Sprintf(`"PMAK-0a1B2c3D4e5F6g7H8i9J%d",{"key":"token","value":"8f14e45fceea167a5a36dedd%d"}`, i, i)
		}) + `]}`)
	}},
	{name: "credentials", make: requests(func(i int) string {
		return fmt.Sprintf(`{"name":"r","request":{"method":"GET","header":[{"key":"token","value":"PMAK-0a1B2c3D4e5F6g7H8i9J%[1]d"},`+
			`{"key":"PMAK-0a1B2c3D4e5F6g7H8i9J","value":"x"}],"url":{"raw":"h/a%[1]d"}}}`, i)
	})},
	{name: "no collection", make: func(size int) string { return repeated(`openapi swagger asyncapi "log": `, size) }},
	{name: "lines", make: func(size int) string { return repeated("\n", size) }},
	{name: "tags", make: func(size int) string { return "<?xml?>\n" + repeated("<a>", size) }},
	{name: "honest", make: func(size int) string {
		return collection(list(size, func(i int) string {
			at := fmt.Sprintf("{{baseUrl}}/things%d/:id?kind=a", i)
			return fmt.Sprintf(`{"name":"one thing","request":{"method":"GET","header":[],"url":{"raw":"%s"}},"response":[%s]}`, at,
				exampleAt("one", at, `{"key":"id","value":"7"}`))
		}))
	}},
}

func query(size int) string {
	return collection(`{"name":"r","request":{"method":"GET","url":{"raw":"h/a?` + joined(size/2, "&", func(i int) string {
		return fmt.Sprintf("p%d=1", i)
	}) + `"}},"response":[` + exampleAt("e", "h/a?"+joined(size/2, "&", func(i int) string { return fmt.Sprintf("p%d=1", i) }), "") + `]}`)
}

// collection with these items, as Postman's API answers.
func collection(items string) string {
	return `{"collection":{"info":{"name":"Pets","description":"version=1.0 - pets"},"item":[` + items + `]}}`
}

func itemAt(path string) string {
	return `{"name":"r","request":{"method":"GET","url":{"raw":"h` + path + `"}},` +
		`"response":[{"name":"e","originalRequest":{"url":{"raw":"h` + path + `"}}}]}`
}

func exampleAt(name, url, variables string) string {
	return `{"name":"` + name + `","originalRequest":{"url":{"raw":"` + url + `","variable":[` + variables + `]}},"code":200}`
}

// requests are as many items as the size takes.
func requests(item func(i int) string) func(int) string {
	return func(size int) string { return collection(list(size, item)) }
}

// onePath is one request whose path takes about that many bytes.
func onePath(path func(n int) string) func(int) string {
	return func(size int) string { return collection(itemAt(path(size / 2))) }
}

func list(size int, one func(i int) string) string { return joined(size, ",", one) }

func joined(size int, sep string, one func(i int) string) string {
	var b strings.Builder
	for i := 0; i == 0 || b.Len() < size; i++ {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(one(i))
	}
	return b.String()
}

func repeated(s string, size int) string { return strings.Repeat(s, max(1, size/len(s))) }

// dots is the number i in n places of dots and letters: names that all match the
// one of letters alone.
func dots(i, n int) string {
	text := slices.Repeat([]byte("a"), n)
	for k, bit := range strconv.FormatInt(int64(i+1), 2) {
		if bit == '1' && k < n {
			text[k] = '.'
		}
	}
	return string(text)
}
