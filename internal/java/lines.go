package java

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// MalformedInputError is the MalformedInputException of text that is not UTF-8.
type MalformedInputError struct {
	Length int // in bytes, of what Java's decoder blames
}

// Error is the exception's message.
func (e *MalformedInputError) Error() string { return "Input length = " + strconv.Itoa(e.Length) }

// Lines reads an input as BufferedReader.readLine does: in blocks of 8192
// characters, each decoded as a whole before a line of it is seen. So what is
// broken further down goes unnoticed until a block reaches it.
type Lines struct {
	raw     []byte
	pos     int // start of the next line
	decoded int // everything before is known to decode
	skipLF  bool
	valid   bool
}

// blockChars is the size of the reader's buffer in UTF-16 units.
const blockChars = 8192

// NewLines reads raw, which must not change while it does.
func NewLines(raw []byte) *Lines {
	return &Lines{raw: raw, valid: utf8.Valid(raw)}
}

// Next is the next line without its end, a line feed, a carriage return or both.
// The error is io.EOF at the end of the input, or a [*MalformedInputError].
func (l *Lines) Next() (line []byte, err error) {
	if l.valid {
		l.decoded = len(l.raw)
	}
	scanned := l.pos
	for {
		for ; scanned < l.decoded; scanned++ {
			if l.skipLF {
				l.skipLF = false
				if l.raw[scanned] == '\n' {
					l.pos = scanned + 1
					continue
				}
			}
			i := lineEnd(l.raw[scanned:l.decoded])
			if i < 0 {
				scanned = l.decoded
				break
			}
			end := scanned + i
			line = l.raw[l.pos:end]
			l.pos, l.skipLF = end+1, l.raw[end] == '\r'
			return line, nil
		}
		if l.decoded == len(l.raw) {
			line = l.raw[l.pos:]
			l.pos = len(l.raw)
			if len(line) == 0 {
				return nil, io.EOF
			}
			return line, nil
		}
		if err := l.block(); err != nil {
			return nil, err
		}
	}
}

// lineEnd is the index of the first line feed or carriage return, or -1.
func lineEnd(b []byte) int {
	const window = 1 << 12 // so that the search for one does not run past the other
	for start := 0; start < len(b); start += window {
		part := b[start:min(start+window, len(b))]
		i := bytes.IndexByte(part, '\n')
		if i >= 0 {
			part = part[:i]
		}
		if j := bytes.IndexByte(part, '\r'); j >= 0 {
			i = j
		}
		if i >= 0 {
			return start + i
		}
	}
	return -1
}

// block decodes one more buffer full.
func (l *Lines) block() error {
	for chars := 0; chars < blockChars && l.decoded < len(l.raw); {
		b := l.raw[l.decoded:]
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			return &MalformedInputError{malformedLength(b)}
		}
		if r >= 0x10000 {
			if chars+2 > blockChars {
				return nil
			}
			chars++
		}
		chars++
		l.decoded += n
	}
	return nil
}

// malformedLength is how many bytes Java's decoder blames for the bad sequence
// at the start of b.
func malformedLength(b []byte) int {
	at := func(i int) int {
		if i < len(b) {
			return int(b[i])
		}
		return -1
	}
	continuation := func(i int) bool { return at(i)&0xC0 == 0x80 && at(i) >= 0 }
	switch c := at(0); {
	case c>>4 == 14: // of three bytes
		if c == 0xE0 && at(1)&0xE0 == 0x80 || !continuation(1) {
			return 1
		}
	case c>>3 == 30 && c <= 0xF4: // of four bytes
		if c == 0xF0 && at(1) < 0x90 || c == 0xF4 && at(1)&0xF0 != 0x80 || !continuation(1) {
			return 1
		}
	default: // of two bytes only the second can be wrong
		return 1
	}
	if !continuation(2) {
		return 2
	}
	return 3 // a surrogate, or a fourth byte that is wrong
}
