package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// sumsFile stands beside the pictures and says what each shows.
const sumsFile = "SUMS"

// record holds a picture together with the page it was taken of.
type record struct {
	file    string
	page    string // SHA-256 of the HTML
	picture string // SHA-256 of the PNG
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// format writes one record a line: page, picture, file.
func format(records []record) []byte {
	var b bytes.Buffer
	for _, r := range records {
		fmt.Fprintln(&b, r.page, r.picture, r.file)
	}
	return b.Bytes()
}

// parse reads what format wrote.
func parse(text string) ([]record, error) {
	var records []record
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("reading %s: %q is not a record", sumsFile, strings.TrimSpace(line))
		}
		records = append(records, record{page: fields[0], picture: fields[1], file: fields[2]})
	}
	return records, nil
}
