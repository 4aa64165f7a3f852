package yamltree

import (
	"bytes"
	"strings"
)

// count bounds what the YAML library makes of a text without [breaks], before it is asked to: at most
// two values for each one counted, and three more. Where a quote is open at the end,
// open is the offset of it, else -1.
//
// It knows how Postman writes YAML: block maps and lists of plain, quoted and block
// scalars. From whatever else it meets, it goes on counting every character that can
// begin a value, also those in texts: so it may count too many, never too few.
func count(raw []byte) (n, open int) {
	c := counter{raw: raw, open: -1}
	if bytes.HasPrefix(raw, ByteOrderMark) {
		c.pos = len(ByteOrderMark)
	}
	for c.pos < len(raw) && c.open < 0 {
		if !c.line() {
			c.rest()
		}
	}
	return c.n, c.open
}

// ByteOrderMark may begin a text, and is no character of it.
var ByteOrderMark = []byte("\uFEFF")

// indicators are the characters of which each value but the outermost needs at least
// one that no other value needs, or two values need one.
const indicators = ",[]{}:?-#&*!|>\"'%@`"

type counter struct {
	raw  []byte
	pos  int // of the line that is looked at
	n    int
	open int
}

// rest counts whatever could be a value.
func (c *counter) rest() {
	for _, b := range c.raw[c.pos:] {
		if strings.IndexByte(indicators, b) >= 0 {
			c.n++
		}
	}
	c.pos = len(c.raw)
}

// ends is where the line at pos ends, and where the next begins.
func (c *counter) ends(pos int) (end, next int) {
	i := bytes.IndexAny(c.raw[pos:], "\r\n")
	if i < 0 {
		return len(c.raw), len(c.raw)
	}
	end = pos + i
	if bytes.HasPrefix(c.raw[end:], []byte("\r\n")) {
		return end, end + 2
	}
	return end, end + 1
}

// spaces is where the spaces at i end.
func (c *counter) spaces(i, end int) int {
	for i < end && c.raw[i] == ' ' {
		i++
	}
	return i
}

// line counts the line at pos and what its value goes on with in the next ones. It
// reports false where it does not know how the library reads it.
func (c *counter) line() bool {
	end, next := c.ends(c.pos)
	i := c.spaces(c.pos, end)
	switch rest := c.raw[i:end]; {
	case len(rest) == 0:
		c.pos = next
		return true
	case rest[0] == '#':
		c.n++
		c.pos = next
		return true
	case i == c.pos && string(bytes.TrimRight(rest, " ")) == "---":
		c.n++
		c.pos = next
		return true
	case i == c.pos && (bytes.HasPrefix(rest, []byte("---")) || bytes.HasPrefix(rest, []byte("..."))):
		return false
	}
	indent := -1
	for i < end && c.raw[i] == '-' && (i+1 == end || c.raw[i+1] == ' ') {
		indent = i - c.pos
		c.n++
		if i = c.spaces(i+1, end); i == end || c.raw[i] == '#' {
			c.n++
			c.pos = next
			return true
		}
	}
	if value, ok := c.key(i, end); ok {
		indent = i - c.pos
		c.n += 2
		if i = c.spaces(value, end); i == end || c.raw[i] == '#' {
			c.n++
			c.pos = next
			return true
		}
	}
	return indent >= 0 && c.value(i, end, next, indent)
}

// key is where the value of the key at i begins, if one is there.
func (c *counter) key(i, end int) (value int, ok bool) {
	if c.raw[i] == '"' || c.raw[i] == '\'' {
		k := c.quoted(i)
		if k < 0 || k >= end || c.raw[k] != ':' || k+1 < end && c.raw[k+1] != ' ' {
			return 0, false
		}
		return k + 1, true
	}
	if !c.plain(i, end) {
		return 0, false
	}
	for k := i; k < end; k++ {
		switch blank := k+1 == end || c.raw[k+1] == ' '; {
		case c.raw[k] == ':' && blank:
			return k + 1, true
		case c.raw[k] == '\t', c.raw[k] == '#' && c.raw[k-1] == ' ':
			return 0, false
		}
	}
	return 0, false
}

// plain reports whether a plain scalar begins at i.
func (c *counter) plain(i, end int) bool {
	switch b := c.raw[i]; b {
	case '-', '?', ':':
		return i+1 < end && c.raw[i+1] != ' ' && c.raw[i+1] != '\t'
	default:
		return b > ' ' && strings.IndexByte(indicators, b) < 0
	}
}

// quoted is where the quote at i ends, -1 where it does not.
func (c *counter) quoted(i int) int {
	quote := c.raw[i]
	for k := i + 1; k < len(c.raw); k++ {
		switch {
		case c.raw[k] == '\\' && quote == '"':
			k++
		case c.raw[k] != quote:
		case quote == '\'' && k+1 < len(c.raw) && c.raw[k+1] == quote:
			k++
		default:
			return k + 1
		}
	}
	return -1
}

// value counts the value at i, which belongs to a key or dash at the column indent.
func (c *counter) value(i, end, next, indent int) bool {
	switch b := c.raw[i]; {
	case b == '|' || b == '>':
		return c.block(i, end, next, indent)
	case b == '"' || b == '\'':
		k := c.quoted(i)
		if k < 0 {
			c.open = i
			return true
		}
		end, next = c.ends(k)
		c.n++
		if !c.nothing(k, end) {
			return false
		}
		c.pos = next
		return true
	case bytes.HasPrefix(c.raw[i:end], []byte("[]")), bytes.HasPrefix(c.raw[i:end], []byte("{}")):
		c.n++
		if !c.nothing(i+2, end) {
			return false
		}
		c.pos = next
		return true
	case c.plain(i, end):
		return c.words(i, end, next, indent)
	}
	return false
}

// nothing reports whether no more than spaces and a comment stand before end.
func (c *counter) nothing(i, end int) bool {
	k := c.spaces(i, end)
	if k < end && k > i && c.raw[k] == '#' {
		c.n++
		return true
	}
	return k == end
}

// block counts a block scalar, whose lines are all those that are indented as its
// first is.
func (c *counter) block(i, end, next, indent int) bool {
	least := 0
	for i++; i < end && strings.IndexByte("+-123456789", c.raw[i]) >= 0; i++ {
		if c.raw[i] > '0' {
			least = indent + int(c.raw[i]-'0')
		}
	}
	if !c.nothing(i, end) {
		return false
	}
	c.n++
	for detect := least == 0; ; {
		c.pos = next
		if c.pos >= len(c.raw) {
			return true
		}
		end, next = c.ends(c.pos)
		k := c.spaces(c.pos, end)
		if detect {
			least = max(least, k-c.pos, indent+1)
			detect = k == end
		}
		if k < end && k-c.pos < least {
			return true
		}
	}
}

// words counts a plain scalar that ends in its line.
func (c *counter) words(i, end, next, indent int) bool {
	c.n++
	for k := i; k < end; k++ {
		switch blank := k+1 == end || c.raw[k+1] == ' ' || c.raw[k+1] == '\t'; {
		case c.raw[k] == ':' && blank:
			return false
		case c.raw[k] == '#' && k > i && (c.raw[k-1] == ' ' || c.raw[k-1] == '\t'):
			c.n++
			k = end // and the end of the scalar
		}
	}
	for c.pos = next; c.pos < len(c.raw); c.pos = next {
		end, next = c.ends(c.pos)
		if i = c.spaces(c.pos, end); i < end {
			return i-c.pos <= indent
		}
	}
	return true
}
