package manifest

import (
	"encoding/json"
	"maps"
)

// Schema is the JSON schema (draft 2020-12) of manifests, by which editors help to write
// one. It says what follows from the table of keys; what a value names is checked when a
// manifest is read.
func Schema() []byte {
	type object = map[string]any
	of := func(k key) object {
		s := object{"description": k.about}
		text := object{"type": "string", "minLength": 1, "maxLength": longestText}
		switch k.shape {
		case aText:
			if k.allowed != nil {
				s["type"], s["enum"] = "string", k.allowed
			} else {
				maps.Copy(s, text)
			}
		case aBool:
			s["type"] = "boolean"
		case texts:
			s["type"], s["items"] = "array", text
		case labels:
			s["type"], s["propertyNames"] = "object", object{"minLength": 1}
			s["additionalProperties"] = object{"type": "string", "maxLength": longestText}
		case aMap:
			s["$ref"] = "#/$defs/defaults"
		case entries:
			s["type"], s["maxItems"] = "array", MostEntries
			s["items"] = object{"anyOf": []object{text, {"$ref": "#/$defs/collection"}, {"$ref": "#/$defs/workspace"}}}
		}
		return s
	}
	at := func(where place, required ...string) object {
		properties := object{}
		for _, k := range keys {
			if k.places&where != 0 {
				properties[k.name] = of(k)
			}
		}
		s := object{"type": "object", "properties": properties, "additionalProperties": false}
		if required != nil {
			s["required"] = required
		}
		return s
	}
	schema := at(atTop, "collections")
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "Postman collections for Microcks"
	schema["description"] = "The file that the input `manifest` of postman-microcks-importer names."
	schema["$defs"] = object{
		"defaults": at(inDefaults), "collection": at(ofCollection, "collection"), "workspace": at(ofWorkspace, "workspace"),
	}
	raw, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	return append(raw, '\n')
}
