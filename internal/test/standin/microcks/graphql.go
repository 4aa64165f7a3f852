package microcks

import (
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// document is a file as the server reads it.
type document struct {
	*predict.Document
	schema *predict.Service // of a GraphQL schema
}

// read reads a collection, or a GraphQL schema, beside which a collection may be a
// secondary artifact.
func (s *Server) read(raw []byte) document {
	d := document{Document: predict.Read(raw, predict.Options{Version: s.options.Version})}
	if d.Format == predict.GraphQL {
		d.schema = schemaOf(string(raw))
	}
	return d
}

func (d document) predict(t predict.Target) predict.Prediction {
	switch {
	case d.schema == nil:
		return d.Import(t).Prediction
	case !t.Main:
		return predict.Prediction{Outcome: predict.Skipped, Name: d.schema.Name, Version: d.schema.Version}
	}
	made := *d.schema
	made.SourceArtifact = t.Source()
	made.Operations = slices.Clone(d.schema.Operations)
	if t.Existing != nil {
		for i := range made.Operations {
			keepEdited(&made.Operations[i], t.Existing)
		}
	}
	return predict.Prediction{Outcome: predict.Imported, Name: made.Name, Version: made.Version, Service: &made}
}

// keepEdited keeps what a person set on an operation.
func keepEdited(op *predict.Operation, existing *predict.Service) {
	for _, old := range existing.Operations {
		if old.Name == op.Name && old.Override {
			op.Dispatcher, op.DispatcherRules, op.Override = old.Dispatcher, old.DispatcherRules, true
		}
	}
}

var (
	schemaID    = regexp.MustCompile(`(?m)^\s*#\s*microcksId:([^:\n]+):([^:\n]+)`)
	schemaRoot  = regexp.MustCompile(`(?s)type\s+(Query|Mutation)\s*\{(.*?)\}`)
	schemaField = regexp.MustCompile(`(?m)^\s*(\w+)\s*(?:\(([^)]*)\))?\s*:`)
	schemaValue = regexp.MustCompile(`(\w+)\s*:\s*([\w!\[\]]+)`)
	schemaPlain = regexp.MustCompile(`^(?:Int|Float|String|Boolean|ID)!?$`)
)

// schemaOf is the service of a schema of the plainest form: named in a comment, with one
// field a line in its types Query and Mutation. Nil when it is none.
func schemaOf(schema string) *predict.Service {
	id := schemaID.FindStringSubmatch(schema)
	if id == nil {
		return nil
	}
	one := &predict.Service{Name: strings.TrimSpace(id[1]), Version: strings.TrimSpace(id[2]), Type: predict.TypeGraphQL}
	for _, root := range schemaRoot.FindAllStringSubmatch(schema, -1) {
		for _, field := range schemaField.FindAllStringSubmatch(root[2], -1) {
			op := predict.Operation{Name: field[1], Method: strings.ToUpper(root[1])}
			var arguments []string
			plain := true
			for _, v := range schemaValue.FindAllStringSubmatch(field[2], -1) {
				arguments, plain = append(arguments, v[1]), plain && schemaPlain.MatchString(v[2])
			}
			if plain && arguments != nil {
				op.Dispatcher, op.DispatcherRules = "QUERY_ARGS", ptr(strings.Join(arguments, " && "))
			}
			one.Operations = append(one.Operations, op)
		}
	}
	return one
}
