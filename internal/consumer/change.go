package consumer

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// Aspect of an answer.
type Aspect string

// Aspects in which answers differ.
const (
	InStatus    Aspect = "status"
	InMediaType Aspect = "media-type"
	// InFlaw: what keeps an example from coming back as it was saved, see [mock.Flaw].
	InFlaw   Aspect = "flaw"
	InHeader Aspect = "header" // At is its name
	// InMember: a member of JSON is gone or new. At is its path, From and To the type
	// that it had or has.
	InMember Aspect = "member"
	InType   Aspect = "type"   // of JSON, "number"; At is the path
	InLength Aspect = "length" // of a JSON array, in elements; At is its path
	InValue  Aspect = "value"  // of JSON, which is no object or array; At is its path
	InBody   Aspect = "body"   // that is not JSON, or none
)

// Difference between two answers. What it says is cut, see [MostDifferences], and
// without credentials.
type Difference struct {
	Aspect Aspect
	At     text.Untrusted // "X-Rate-Limit", "$.items[0].price"; empty where there is but one
	// From and To are what it was and what it becomes; nil for none.
	From, To *text.Untrusted
	// Breaking is set where the change is breaking, and this is why.
	Breaking bool
}

// Bounds of what is shown: the differences of a change, and the runes of names, paths
// and values.
const (
	MostDifferences = 10
	longestName     = 200
	longestPath     = 120
	longestValue    = 60
)

// given is a text, nil for an empty one.
func given(s string) *text.Untrusted {
	if s == "" {
		return nil
	}
	return new(text.Untrusted(s))
}

// excerpt is what is shown of a value; nil for an empty one.
func excerpt(s string) *text.Untrusted { return given(text.Excerpt(s, longestValue)) }

// change on its way.
type change struct {
	Change
	meter         *budget.Meter
	broken, other differences
	untold        bool // what the answers contain is not known
}

// differences of one kind: what each means, and the first of them.
type differences struct {
	meanings map[string]bool
	first    []Difference
}

const meaningBytes = 80

// tell a difference. Of those that mean the same the first is told.
func (c *change) note(d Difference, meaning string) {
	of := &c.other
	if d.Breaking {
		of = &c.broken
	}
	meaning = string(d.Aspect) + " " + meaning
	if of.meanings[meaning] {
		return
	}
	if of.meanings == nil {
		of.meanings = map[string]bool{}
	}
	c.meter.Memory(meaningBytes + len(meaning))
	of.meanings[meaning] = true
	if len(of.first) < MostDifferences {
		of.first = append(of.first, d)
	}
}

func (c *change) breaks() bool { return len(c.broken.meanings) > 0 }

func (c *change) any() bool { return c.breaks() || len(c.other.meanings) > 0 }

// severity of what breaks: a status weighs most, then a media type.
func (c *change) severity() int {
	weight := 0
	for _, d := range c.broken.first {
		switch d.Aspect {
		case InStatus:
			weight += 1 << 40
		case InMediaType:
			weight += 1 << 39
		}
	}
	return weight + len(c.broken.meanings)
}

// finish the change of a request, of which also what it accepts is known.
func (c *change) finish(accept string) Change {
	all := slices.Concat(c.broken.first, c.other.first)
	if !c.Breaking { // another candidate is compatible
		for i := range all {
			all[i].Breaking = false
		}
	}
	c.Differences = all[:min(MostDifferences, len(all))]
	c.Example, c.Successor = names(c.Now, c.Then)
	c.MoreDifferences = len(c.broken.meanings) + len(c.other.meanings) - len(c.Differences)
	h := digest{sha256.New()}
	h.put(string(c.Request), accept)
	if c.Breaking {
		h.put("breaking")
		h.put(slices.Sorted(maps.Keys(c.broken.meanings))...)
	} else {
		h.put(string(c.Kind), string(c.Operation), string(c.Example), string(c.Successor))
		h.put(slices.Sorted(maps.Keys(c.broken.meanings))...)
		h.put(slices.Sorted(maps.Keys(c.other.meanings))...)
	}
	c.Fingerprint = hex.EncodeToString(h.Sum(nil)[:16])
	return c.Change
}

// names are what a change calls its examples.
func names(now, then *predict.Example) (example, successor text.Untrusted) {
	if now == nil {
		now, then = then, nil
	}
	if now != nil {
		example = nameOf(now)
	}
	if then != nil {
		successor = nameOf(then)
	}
	if successor == example {
		successor = ""
	}
	return example, successor
}
