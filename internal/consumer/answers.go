package consumer

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// candidate for an answer: an example that can be sent.
type candidate struct {
	*mock.Candidate
	key [sha256.Size]byte // the same for what no consumer can tell apart
}

func nameOf(e *predict.Example) text.Untrusted {
	return text.Untrusted(text.Excerpt(e.Name, longestName))
}

// verdict about the answers to one request.
type verdict struct {
	changes []change
	untold  bool // there may be more of them
}

// weigh the answers now and then to one request.
func (r *replay) weigh(now, then mock.Answer) verdict {
	before, after := r.sent(now), r.sent(then)
	switch {
	case len(before) == 0 && len(after) == 0:
		return verdict{} // the server's own, now and then
	case len(after) == 0:
		return verdict{changes: []change{r.lost(&before[0], then)}}
	case len(before) == 0:
		return verdict{changes: []change{r.mended(now, after)}}
	}
	broken, untold := r.closest(distinct(before), distinct(after))
	if broken != nil {
		broken.Breaking, broken.Candidates = true, len(after)
		return verdict{changes: []change{*broken}}
	}
	v := r.compatible(before, after)
	v.untold = v.untold || untold
	return v
}

// readable are the flaws of examples that come back all the same, and that some
// clients can read.
var readable = []mock.Flaw{mock.NoFlaw, mock.FlawName, mock.FlawLength, mock.FlawEncoding}

// sent are the candidates that are examples and come back.
func (r *replay) sent(a mock.Answer) []candidate {
	out := make([]candidate, 0, len(a.Candidates))
	for i := range a.Candidates {
		if c := &a.Candidates[i]; c.Example != nil && slices.Contains(readable, c.Flaw) {
			out = append(out, candidate{c, r.keyOf(c)})
		}
	}
	return out
}

// lost is a request that no example answers any more.
func (r *replay) lost(before *candidate, then mock.Answer) change {
	c := change{meter: r.meter, Change: Change{Kind: Removed, Now: before.Example, Breaking: true}}
	if len(then.Candidates) == 0 { // the service is none
		return c
	}
	own := &then.Candidates[0]
	c.status(before.Status, own.Status, true)
	if own.Example != nil { // it is there, and cannot be sent
		c.Kind = Changed
		c.Then = own.Example
		c.note(Difference{Aspect: InFlaw, To: given(string(own.Flaw)), Breaking: true}, string(own.Flaw))
	}
	if own.Breaker != nil {
		c.Breaker = text.Untrusted(text.Excerpt(own.Breaker.Name, longestName))
	}
	return c
}

// mended is a request that an example answers at last.
func (r *replay) mended(now mock.Answer, after []candidate) change {
	own := &now.Candidates[0]
	c := change{meter: r.meter, Change: Change{Kind: Changed, Now: own.Example, Then: after[0].Example, Candidates: len(after)}}
	c.status(own.Status, after[0].Status, false)
	return c
}

// distinct candidates are those of which no two are alike.
func distinct(list []candidate) []candidate {
	if len(list) < 2 {
		return list
	}
	seen := make(map[[sha256.Size]byte]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(c candidate) bool {
		again := seen[c.key]
		seen[c.key] = true
		return again
	})
}

// closest are the two answers that are the least incompatible; nil when any two are
// compatible, or may be: untold then says that none is surely.
func (r *replay) closest(before, after []candidate) (broken *change, untold bool) {
	known := make(map[[sha256.Size]byte]bool, len(after))
	for i := range after {
		known[after[i].key] = true
	}
	if slices.ContainsFunc(before, func(c candidate) bool { return known[c.key] }) {
		return nil, false
	}
	for i := range before {
		for k := range after {
			c := r.compare(&before[i], &after[k])
			switch {
			case !c.breaks() && !c.untold:
				return nil, false
			case !c.breaks():
				untold = true
			case broken == nil || c.severity() < broken.severity():
				broken = c
			}
		}
	}
	if untold {
		return nil, true
	}
	return broken, false
}

// compatible tells what becomes of each candidate where nobody is harmed. Equal answers
// belong together, and of the others those of one name; so do the only two.
func (r *replay) compatible(before, after []candidate) (v verdict) {
	only, all := len(before) == 1 && len(after) == 1, len(after)
	add := func(c *change) {
		c.Candidates = all
		v.changes = append(v.changes, *c)
	}
	byBoth := func(c *candidate) string { return string(c.key[:]) + c.Example.Name }
	byAnswer := func(c *candidate) string { return string(c.key[:]) }
	byName := func(c *candidate) string {
		if only {
			return ""
		}
		return c.Example.Name
	}
	_, before, after = pairs(before, after, byBoth)
	same, before, after := pairs(before, after, byAnswer)
	for _, p := range same {
		add(&change{meter: r.meter, Change: Change{Kind: Renamed, Now: p[0].Example, Then: p[1].Example}})
	}
	other, before, after := pairs(before, after, byName)
	for _, p := range other {
		c := r.compare(p[0], p[1])
		v.untold = v.untold || c.untold
		if !c.any() && !c.untold && nameOf(c.Now) != nameOf(c.Then) { // written otherwise
			c.Kind = Renamed
		}
		if c.any() || c.Kind == Renamed {
			add(c)
		}
	}
	for i := range before {
		add(&change{meter: r.meter, Change: Change{Kind: Removed, Now: before[i].Example}})
	}
	for i := range after {
		add(&change{meter: r.meter, Change: Change{Kind: Added, Then: after[i].Example}})
	}
	return v
}

// pairs of candidates that a key is the same of, each in one pair at most, and those
// that are in none.
func pairs(before, after []candidate, key func(*candidate) string) (found [][2]*candidate, beforeLeft, afterLeft []candidate) {
	waiting := make(map[string][]int, len(after))
	for i := range after {
		k := key(&after[i])
		waiting[k] = append(waiting[k], i)
	}
	taken := make([]bool, len(after))
	for i := range before {
		k := key(&before[i])
		if list := waiting[k]; len(list) > 0 {
			found = append(found, [2]*candidate{&before[i], &after[list[0]]})
			waiting[k], taken[list[0]] = list[1:], true
		} else {
			beforeLeft = append(beforeLeft, before[i])
		}
	}
	for i := range after {
		if !taken[i] {
			afterLeft = append(afterLeft, after[i])
		}
	}
	return found, beforeLeft, afterLeft
}

// compare two answers.
func (r *replay) compare(before, after *candidate) *change {
	r.meter.Work(workOfReplay)
	c := &change{meter: r.meter, Change: Change{Kind: Changed, Now: before.Example, Then: after.Example}}
	c.status(before.Status, after.Status, before.Status/100 != after.Status/100)
	if before.Flaw != after.Flaw {
		d := Difference{Aspect: InFlaw, From: given(string(before.Flaw)), To: given(string(after.Flaw))}
		d.Breaking = d.To != nil
		c.note(d, string(before.Flaw)+">"+string(after.Flaw))
	}
	c.mediaTypes(before, after)
	if c.breaks() { // whoever cannot read the one does not look at the other
		return c
	}
	c.headers(before.Headers, after.Headers)
	c.bodies(before, after)
	return c
}

func (c *change) status(before, after int, breaking bool) {
	if before != after {
		from, to := strconv.Itoa(before), strconv.Itoa(after)
		c.note(Difference{Aspect: InStatus, From: given(from), To: given(to), Breaking: breaking}, from+">"+to)
	}
}

func (c *change) mediaTypes(before, after *candidate) {
	was, is := typesOf(before), typesOf(after)
	if slices.Equal(was, is) {
		return
	}
	breaking := len(was) > 0 && len(is) > 0 && !slices.ContainsFunc(was, func(t string) bool {
		return slices.ContainsFunc(is, func(u string) bool { return essence(t) == essence(u) })
	})
	d := Difference{Aspect: InMediaType, From: excerpt(before.MediaType), To: excerpt(after.MediaType), Breaking: breaking}
	c.note(d, essence(before.MediaType)+">"+essence(after.MediaType))
}

// typesOf are the media types that can come back, in order; none where that depends on
// the request.
func typesOf(c *candidate) []string {
	types := c.MediaTypes
	if len(types) == 0 && c.MediaType != "" {
		types = []string{c.MediaType}
	}
	return slices.Sorted(slices.Values(types))
}

// essence of a media type, without its parameters.
func essence(t string) string {
	t, _, _ = strings.Cut(t, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// headers tells of those that come, go, or have another value.
func (c *change) headers(before, after []mock.Header) {
	was, is := headersByName(before), headersByName(after)
	for _, name := range slices.Sorted(maps.Keys(was)) {
		c.header(name, was[name], is[name])
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if _, both := was[name]; !both {
			c.header(name, nil, is[name])
		}
	}
}

func (c *change) header(name string, before, after []string) {
	if slices.Equal(before, after) {
		return
	}
	value := func(list []string) *text.Untrusted {
		if list == nil {
			return nil
		}
		return new(text.Untrusted(text.Excerpt(strings.Join(list, ", "), longestValue)))
	}
	at := text.Untrusted(text.Excerpt(name, longestName))
	c.note(Difference{Aspect: InHeader, At: at, From: value(before), To: value(after)}, name)
}

// headersByName are the values of which one comes back, in order.
func headersByName(list []mock.Header) map[string][]string {
	out := make(map[string][]string, len(list))
	for _, h := range list {
		values := make([]string, 0, len(h.Values))
		for _, v := range h.Values {
			values = append(values, shown(v))
		}
		slices.Sort(values)
		if len(values) > 0 {
			out[http.CanonicalHeaderKey(h.Name)] = slices.Compact(values)
		}
	}
	return out
}

// shown is a text with its expressions as they were saved.
func shown(t mock.Text) string {
	if len(t.Expressions) == 0 {
		return t.String()
	}
	var out strings.Builder
	for i, piece := range t.Pieces {
		out.WriteString(piece)
		if i < len(t.Expressions) {
			out.WriteString("{{" + t.Expressions[i] + "}}")
		}
	}
	return out.String()
}

// keyOf a candidate: of two with the same one, no consumer can tell which it was.
func (r *replay) keyOf(c *mock.Candidate) (key [sha256.Size]byte) {
	h := digest{sha256.New()}
	h.put(strconv.Itoa(c.Status), string(c.Flaw))
	h.put(typesOf(&candidate{Candidate: c})...)
	headers := headersByName(c.Headers)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		h.put(name)
		h.put(headers[name]...)
	}
	saved := c.Example.Response
	switch {
	case isEmpty(c.Body):
		h.put("empty")
	case !isKnown(c.Body) && saved.Content != nil: // not known, but the same of the same example
		r.meter.Work(len(*saved.Content) / bytesHashed)
		h.put("saved", *saved.Content)
		for _, header := range saved.Headers {
			h.put(header.Name)
			h.put(header.Values...)
		}
	default:
		for _, piece := range c.Body.Pieces {
			r.meter.Work(len(piece) / bytesHashed)
		}
		h.put("body", c.Body.Charset)
		h.put(c.Body.Pieces...)
		h.put(c.Body.Expressions...)
	}
	h.Sum(key[:0])
	return key
}

// bytesHashed in a unit of work.
const bytesHashed = 4

// digest of lists of texts, in which no two lists are alike.
type digest struct{ hash.Hash }

func (d digest) put(texts ...string) {
	fmt.Fprintf(d, "%d:", len(texts))
	for _, t := range texts {
		fmt.Fprintf(d, "%d:%s", len(t), t)
	}
}
