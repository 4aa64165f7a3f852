package gitformat

import (
	"strconv"
	"strings"
)

// converter writes the parts of a collection that a file makes.
type converter struct {
	*writer
	find func(k FindingKind, at int, about string)
}

// member writes a member of the source under the name that a v2.1 collection has for
// it, where it is a text or can be taken for one.
func (c *converter) member(o *object, v *value, key, name string) {
	m := v.get(key)
	if m == nil || m.kind == isNull {
		return
	}
	if s, ok := c.textOf(m, key); ok {
		o.name(m.at, name)
		c.text(m.at, s)
	}
}

// textOf is a value that should be a text; false where it cannot be taken for one.
func (c *converter) textOf(v *value, key string) (string, bool) {
	switch v.kind {
	case isList, isMap:
		c.find(OtherForm, v.at, key)
		return "", false
	case isNumber, isBool:
		c.find(NotText, v.at, v.text)
	}
	return v.text, true
}

// pairs are the elements of a list of maps with key and value, and more; or the members
// of a map as such maps, which have nothing else.
func (c *converter) pairs(v *value, key string) (out []*value) {
	if v == nil || v.kind == isNull {
		return nil
	}
	if v.kind != isMap && v.kind != isList {
		c.find(OtherForm, v.at, key)
	}
	for _, m := range v.members {
		name := &value{at: m.at, text: m.key}
		out = append(out, &value{kind: isMap, at: m.at, members: []member{{"key", m.at, name}, {"value", m.value.at, m.value}}})
	}
	for _, e := range v.elements {
		if e.kind == isMap {
			out = append(out, e)
		} else {
			c.find(OtherForm, e.at, key)
		}
	}
	return out
}

// some writes the pairs of a member under the name that a v2.1 collection has for it,
// if there are any.
func (c *converter) some(o *object, v *value, key, name string) {
	m := v.get(key)
	if pairs := c.pairs(m, key); len(pairs) > 0 {
		c.list(o, m.at, name, pairs)
	}
}

// list writes pairs.
func (c *converter) list(o *object, because int, name string, pairs []*value) {
	o.made(because, name, "[")
	for i, p := range pairs {
		if i > 0 {
			c.made(p.at, ",")
		}
		element := c.object(p.at)
		for _, m := range p.members {
			element.name(m.at, m.key)
			switch m.key {
			case "key", "value", "description":
				c.scalar(m.value, m.key)
			default:
				c.value(m.value)
			}
		}
		element.close()
	}
	c.made(because, "]")
}

// scalar writes a value that should be a text; null stays null.
func (c *converter) scalar(v *value, key string) {
	switch v.kind {
	case isNull:
		c.part(v.at, "null")
	case isList, isMap:
		c.find(OtherForm, v.at, key)
		c.value(v)
	default:
		if v.kind != isText {
			c.find(NotText, v.at, v.text)
		}
		c.text(v.at, v.text)
	}
}

// request writes what a request, or the one of an example, is: from its method to its
// description.
func (c *converter) request(v *value, graphQL bool) {
	o := c.object(v.at)
	if method := v.get("method"); method != nil && method.kind != isNull {
		c.member(o, v, "method", "method")
	} else if graphQL {
		o.made(v.at, "method", `"POST"`)
	} else {
		o.made(v.at, "method", `"GET"`)
	}
	headers := v.get("headers")
	c.list(o, atOr(headers, v), "header", c.pairs(headers, "headers"))
	c.body(o, v, graphQL)
	c.url(o, v)
	c.member(o, v, "description", "description")
	c.auth(o, v.get("auth"))
	o.close()
}

func atOr(v, other *value) int {
	if v != nil {
		return v.at
	}
	return other.at
}

// url writes an address as an object: where it is a text, Microcks sees no parameters.
func (c *converter) url(o *object, v *value) {
	url, raw := v.get("url"), ""
	if url != nil && url.kind != isNull {
		raw, _ = c.textOf(url, "url")
	}
	query := c.pairs(v.get("queryParams"), "queryParams")
	if len(query) > 0 {
		raw = withQuery(raw, query)
	}
	because := atOr(url, v)
	o.name(because, "url")
	var object *object
	if url != nil {
		object = c.object(because)
	} else {
		object = c.madeObject(because)
	}
	object.name(because, "raw")
	c.text(because, raw)
	if len(query) > 0 {
		c.list(object, v.get("queryParams").at, "query", query)
	} else if _, inRaw, any := strings.Cut(withoutFragment(raw), "?"); any {
		c.queryOf(object, because, inRaw)
	}
	c.some(object, v, "pathVariables", "variable")
	object.close()
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// withQuery is an address with these parameters in place of its own, as Postman sends
// it. What has no value has no equals sign.
func withQuery(url string, query []*value) string {
	var b strings.Builder
	separator := byte('?')
	for _, p := range query {
		if off := p.get("disabled"); off != nil && off.kind == isBool && boolOf(off) == "true" {
			continue
		}
		b.WriteByte(separator)
		separator = '&'
		if key := p.get("key"); key != nil && key.kind != isNull {
			b.WriteString(key.text)
		}
		if value := p.get("value"); value != nil && value.kind != isNull {
			b.WriteByte('=')
			b.WriteString(value.text)
		}
	}
	if base, _, _ := strings.Cut(url, "?"); url == base+b.String() {
		return url // also where a parameter has what would be a fragment
	}
	base, _, _ := strings.Cut(withoutFragment(url), "?")
	return base + b.String() + url[len(withoutFragment(url)):]
}

// queryOf writes the parameters of an address that has them in its text only. What
// has no value has null.
func (c *converter) queryOf(o *object, at int, query string) {
	o.name(at, "query")
	c.part(at, "[")
	for i, param := range strings.Split(query, "&") {
		c.meter.Work(workOfPart)
		if i > 0 {
			c.add(",")
		}
		name, value, valued := strings.Cut(param, "=")
		c.add(`{"key":`)
		c.quotedOr(name, param != "")
		c.add(`,"value":`)
		c.quotedOr(value, valued)
		c.add("}")
	}
	c.add("]")
}

// quotedOr is a text, or null when there is none.
func (c *converter) quotedOr(s string, any bool) {
	if any {
		c.quoted(s)
	} else {
		c.add("null")
	}
}

// languages are the types of a body that is a text. "raw" is one that no longer should
// be, and brings options of its own.
var languages = map[string]bool{"json": true, "xml": true, "html": true, "javascript": true, "text": true}

// body writes the body of a request.
func (c *converter) body(o *object, v *value, graphQL bool) {
	body := v.get("body")
	if graphQL || body == nil && v.get("query") != nil {
		o.name(v.at, "body")
		c.graphQL(v, v)
		return
	}
	if body == nil || body.kind == isNull {
		return
	}
	if body.kind != isMap {
		c.find(OtherForm, body.at, "body")
		return
	}
	content, mode := body.get("content"), ""
	kind := body.get("type")
	if kind != nil {
		mode, _ = c.textOf(kind, "type")
	}
	switch mode {
	case "none":
	case "graphql":
		o.name(body.at, "body")
		c.graphQL(body, content)
	case "formdata", "urlencoded":
		o.name(body.at, "body")
		b := c.bodyOf(body, mode)
		c.list(b, atOr(content, body), mode, c.pairs(content, "content"))
		b.close()
	case "file":
		o.name(body.at, "body")
		b := c.bodyOf(body, mode)
		if content != nil && content.kind == isMap {
			b.name(content.at, mode)
			c.value(content)
		}
		b.close()
	default:
		c.raw(o, body, mode)
	}
}

func (c *converter) bodyOf(body *value, mode string) *object {
	b := c.object(body.at)
	b.name(body.at, "mode")
	c.add(`"` + mode + `"`)
	return b
}

// raw writes a body that is a text.
func (c *converter) raw(o *object, body *value, mode string) {
	if !languages[mode] && mode != "raw" {
		c.find(OtherBody, atOr(body.get("type"), body), mode)
	}
	content, options := body.get("content"), body.get("options")
	if content == nil || content.kind == isNull {
		return
	}
	s, ok := c.textOf(content, "content")
	if !ok {
		return
	}
	o.name(body.at, "body")
	b := c.bodyOf(body, "raw")
	b.name(content.at, "raw")
	c.text(content.at, s)
	switch {
	case languages[mode]:
		b.name(body.get("type").at, "options")
		c.add(`{"raw":{"language":"` + mode + `"}}`)
	case options != nil && options.kind == isMap:
		b.name(options.at, "options")
		c.value(options)
	}
	b.close()
}

// graphQL writes a body whose parts are members of v.
func (c *converter) graphQL(body, v *value) {
	b := c.bodyOf(body, "graphql")
	if v != nil && v.kind == isMap {
		b.name(v.at, "graphql")
		o := c.object(v.at)
		for _, key := range []string{"query", "variables", "operationName"} {
			c.member(o, v, key, key)
		}
		o.close()
	} else if v != nil && v.kind != isNull {
		c.find(OtherForm, v.at, "content")
	}
	b.close()
}

// auth writes how requests are signed; of several ways, a v2.1 collection has the
// first.
func (c *converter) auth(o *object, v *value) {
	if v != nil && v.kind == isList && len(v.elements) > 0 {
		v = v.elements[0]
	}
	if v == nil || v.kind == isNull {
		return
	}
	kind, ok := "", false
	if t := v.get("type"); t != nil {
		kind, ok = c.textOf(t, "type")
	}
	if !ok {
		c.find(OtherForm, v.at, "auth")
		return
	}
	o.name(v.at, "auth")
	a := c.object(v.at)
	c.member(a, v, "type", "type")
	if credentials := v.get("credentials"); credentials != nil && kind != "type" {
		c.list(a, credentials.at, kind, c.pairs(credentials, "credentials"))
	}
	a.close()
}

// listens are the events of a v2.1 collection by types of scripts.
var listens = map[string]string{"beforeRequest": "prerequest", "afterResponse": "test"}

// events writes scripts. Postman calls those of a collection http:beforeRequest.
func (c *converter) events(o *object, v *value) {
	scripts := v.get("scripts")
	if scripts == nil || scripts.kind == isNull {
		return
	}
	if scripts.kind != isList {
		c.find(OtherForm, scripts.at, "scripts")
		return
	}
	began := false
	for _, script := range scripts.elements {
		kind, code := script.get("type"), script.get("code")
		if kind == nil || code == nil || code.kind == isList || code.kind == isMap {
			c.find(OtherForm, script.at, "scripts")
			continue
		}
		listen, known := listens[strings.TrimPrefix(kind.text, "http:")]
		if !known {
			c.find(OtherForm, kind.at, "type")
			continue
		}
		if !began {
			o.name(scripts.at, "event")
			c.part(scripts.at, "[")
		} else {
			c.made(script.at, ",")
		}
		began = true
		event := c.object(script.at)
		event.name(kind.at, "listen")
		c.text(kind.at, listen)
		event.name(script.at, "script")
		s := c.object(script.at)
		c.member(s, script, "language", "type")
		s.name(code.at, "exec")
		c.part(code.at, "[")
		for i, line := range strings.Split(code.text, "\n") {
			c.meter.Work(workOfPart)
			if i > 0 {
				c.add(",")
			}
			c.quoted(line)
		}
		c.add("]")
		s.close()
		event.close()
	}
	if began {
		c.made(scripts.at, "]")
	}
}

// response writes what an example answers.
func (c *converter) response(o *object, v *value) {
	c.member(o, v, "statusText", "status")
	if code := v.get("statusCode"); code != nil && code.kind != isNull {
		if n, ok := code.number(); ok && n == float64(int(n)) {
			o.name(code.at, "code")
			c.part(code.at, strconv.Itoa(int(n)))
		} else {
			c.find(NotNumber, code.at, "statusCode")
		}
	}
	body := v.get("body")
	if body != nil && body.kind == isMap {
		c.member(o, body, "type", "_postman_previewlanguage")
	}
	headers := v.get("headers")
	c.list(o, atOr(headers, v), "header", c.pairs(headers, "headers"))
	switch {
	case body == nil || body.kind == isNull:
	case body.kind == isMap:
		c.member(o, body, "content", "body")
	default:
		c.find(OtherForm, body.at, "body")
	}
}
