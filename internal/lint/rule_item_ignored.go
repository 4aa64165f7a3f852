package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var itemIgnored = Rule{
	ID: "PMI043", Name: "item-ignored", Level: result.Warning,
	Text: "Microcks makes mocks of HTTP requests only: an item counts when it has a `request`. Requests of other protocols, such as " +
		"gRPC, WebSocket, Socket.IO, MQTT, GraphQL of Postman's own kind and MCP, are items without one: nothing of them is imported, " +
		"and Microcks says nothing.",
	Hint: "save an HTTP request with an example in its place, or give Microcks the protocol's own description (protobuf, AsyncAPI, " +
		"GraphQL schema) beside the collection",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200, "body": "[]"
}]}, {"name": "watch pets", "type": "ws-raw-request", "url": "wss://localhost/pets"}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		var walk func(items jackson.Value)
		walk = func(items jackson.Value) {
			for item := range items.Elements() {
				s.meter.Work(workOfRule)
				children := item.At("item")
				switch {
				case item.Kind() != jackson.Object:
					continue
				case item.Has("request"):
					continue
				case children.Kind() == jackson.Array || children.Kind() == jackson.Object:
					walk(children)
				default:
					r.at(item, "nothing of this item is imported: it is %s", protocolOf(item))
				}
			}
		}
		walk(s.Document.Root.At("item"))
	},
}

// protocolOf is what an item is, by the type that Postman gives it.
func protocolOf(item jackson.Value) string {
	if t := item.At("type"); t.IsText() {
		if name, known := protocols[t.AsText()]; known {
			return name
		}
		return "of the type " + quote(t.AsText())
	}
	return "neither an HTTP request nor a folder"
}

// protocols are Postman's types of items.
var protocols = map[string]string{
	"grpc-request": "a gRPC request", "grpc-collection": "a gRPC request", "ws-raw-request": "a WebSocket request",
	"ws-socketio-request": "a Socket.IO request", "mqtt-request": "an MQTT request", "graphql-request": "a GraphQL request",
	"mcp-request": "an MCP request", "llm-request": "an AI request",
}
