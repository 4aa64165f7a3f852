package gitformat

import (
	"path"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
)

// Definition is the file, by its path in a folder, that says what the folder is.
const Definition = resources + "/definition.yaml"

// Definitions are the names that [Definition] may have.
var Definitions = []string{Definition, resources + "/definition.yml"}

// Kind is the $kind that a definition, or any other file of the format, says; "" where
// it says none. The error is a [*BrokenError], or what ended the meter.
func Kind(m *budget.Meter, name string, raw []byte) (kind string, err error) {
	v, err := one(m, name, raw)
	if err != nil {
		return "", err
	}
	return v.textAt("$kind"), nil
}

// KindOfCollection is the $kind of a collection's definition.
const KindOfCollection = "collection"

// one reads one file by itself.
func one(m *budget.Meter, name string, raw []byte) (v *value, err error) {
	var fault *Fault
	if spent := m.Within(func() { v, fault = newReader(m).read(name, raw, 0) }); spent != nil {
		return nil, spent
	}
	if fault != nil {
		return nil, &BrokenError{Faults: []Fault{*fault}, Count: 1}
	}
	return v, nil
}

// textAt is a member that is a text; "" where there is none.
func (v *value) textAt(key string) string {
	if m := v.get(key); m != nil && m.kind == isText {
		return m.text
	}
	return ""
}

// Listed is a collection that a resources file lists.
type Listed struct {
	// Folder as it stands in the file: a path that begins at the file's folder.
	Folder string
	// UID of the collection in Postman that the folder is kept in step with; "" is none.
	UID string
	// Position in the resources file.
	Position Position
}

// Path is the folder's path, where that of the resources file is given. It can lead
// out of the repository.
func (l *Listed) Path(resources string) string { return path.Join(path.Dir(resources), l.Folder) }

// Resources are the collections that a file .postman/resources.yaml lists, those with
// a uid first. One that is listed as one in Postman and as one of the repository alone
// comes twice. The dialect that says `version: 2` has them below canonical. The error
// is a [*BrokenError], or what ended the meter.
func Resources(m *budget.Meter, name string, raw []byte) (listed []Listed, err error) {
	v, err := one(m, name, raw)
	if err != nil {
		return nil, err
	}
	source := source{}
	source.add(name, raw)
	for _, section := range []string{"cloudResources", "canonical", "localResources"} {
		collections := v.get(section).get("collections")
		if collections == nil {
			continue
		}
		for _, pair := range collections.members {
			l := Listed{Folder: pair.key, Position: source.position(pair.at)}
			if pair.value.kind == isText {
				l.UID = pair.value.text
			}
			listed = append(listed, l)
		}
		for _, e := range collections.elements {
			folder := e.text
			if e.kind == isMap {
				folder = e.textAt("path")
			}
			listed = append(listed, Listed{Folder: folder, Position: source.position(e.at)})
		}
	}
	m.Memory(bytesOfListed * len(listed))
	return listed, nil
}

const bytesOfListed = 120

// About is a short name of a kind of request that makes no part of a v2.1 collection
// and is one of Postman's; false for a kind that Postman does not know.
func About(kind string) (protocol text.Untrusted, known bool) {
	for _, p := range protocols {
		if len(kind) > len(p.prefix) && kind[:len(p.prefix)] == p.prefix {
			return text.Untrusted(p.name), true
		}
	}
	return "", false
}

// protocols are those of requests that are not made into mocks, by how their kinds
// begin.
var protocols = []struct{ prefix, name string }{
	{"grpc-", "gRPC"}, {"websocket-", "WebSocket"}, {"ws-", "WebSocket"}, {"socket.io-", "Socket.IO"}, {"socketio-", "Socket.IO"},
	{"mqtt-", "MQTT"}, {"mcp-", "MCP"}, {"llm-", "AI"}, {"graphql-", "GraphQL"},
}
