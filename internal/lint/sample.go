package lint

import (
	"strings"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/predict"
)

// Sample is an input that shows a finding, or its absence. Info and Items are
// the parts of a collection, as Postman exports them; Raw is a whole input
// instead, as a server downloads it.
type Sample struct {
	Info, Items, Raw string
	// Make gives the input where it is too long to show.
	Make func() []byte
	// Note says what else belongs to the sample, such as the server's version.
	Note string
	// Version of the server; the newest when empty.
	Version string
	// Secondary makes it a secondary artifact.
	Secondary bool
	// Existing is the service that the server has.
	Existing *predict.Service
	// Export makes Raw a file.
	Export bool
	// Folder is a whole input instead, in Postman's git format.
	Folder []SampleFile
}

// SampleFile is a file of a folder, by its path in it.
type SampleFile struct{ Name, Text string }

// folder is one in git format, as an upload sends it.
func folder(files []SampleFile) *delivery.Document {
	source := delivery.Source{Folder: &delivery.Folder{Path: "postman/collections/Pets"}}
	for _, f := range files {
		source.Add(f.Name, []byte(f.Text))
	}
	d, err := source.Make(nil, func(raw []byte) (*delivery.Document, error) { return delivery.Uploaded(nil, raw, "") })
	if err != nil {
		return delivery.AsIs(nil)
	}
	return d
}

// read is the sample's document, what it was made from, and the target to judge it
// for.
func (s Sample) read() (*predict.Document, *delivery.Document, predict.Target) {
	from := delivery.AsIs(s.input())
	switch {
	case s.Folder != nil:
		from = folder(s.Folder)
	case s.Export || s.Raw == "" && s.Make == nil:
		from = exported(s.input())
	}
	t := predict.Target{
		URL:  "https://api.getpostman.com/collections/12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2",
		Main: !s.Secondary, Existing: s.Existing,
	}
	return predict.Read(from.Raw, predict.Options{Version: s.Version}), from, t
}

// exported is a file as the Postman API would serve it, or as it is when it is no
// JSON.
func exported(raw []byte) *delivery.Document {
	served, err := delivery.ServedByPostman(nil, raw)
	if err != nil {
		return delivery.AsIs(raw)
	}
	return served
}

// input is the sample's bytes.
func (s Sample) input() []byte {
	switch {
	case s.Make != nil:
		return s.Make()
	case s.Raw != "":
		return []byte(s.Raw)
	}
	info, items := s.Info, s.Items
	if info == "" {
		info = `{"name": "Pets", "description": "version=1.0 - the pets"}`
	}
	if items == "" {
		items = petItems
	}
	return []byte(`{"info": ` + info + `, "item": ` + items + `}`)
}

// padded is a collection of that many bytes.
func padded(size int) []byte {
	head := `{"collection":{"info":{"name":"Pets","description":"version=1.0 - `
	tail := `"},"item":[]}}`
	return []byte(head + strings.Repeat("x", size-len(head)-len(tail)) + tail)
}

// pets is the service of the samples, as a server has it.
func pets(operations ...predict.Operation) *predict.Service {
	return &predict.Service{Name: "Pets", Version: "1.0", Operations: operations}
}

// petItems is a request with an example that nothing is wrong with.
const petItems = `[{
  "name": "list pets",
  "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
  "response": [{
    "name": "two pets",
    "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
    "code": 200,
    "header": [{"key": "Content-Type", "value": "application/json"}],
    "body": "[{\"id\": 1}, {\"id\": 2}]"
  }]
}]`
