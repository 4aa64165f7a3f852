package config

// Output is one row of the table of outputs.
type Output struct {
	Name string
	// Single marks what is known for exactly one collection: with several it is
	// set to nothing. The others are totals over all collections.
	Single      bool
	Description string // Markdown, one or two sentences
	Example     string
}

// Outputs is the table of outputs. Every one is set by every run, a failed one
// too; what is not known is empty.
func Outputs() []Output {
	return []Output{
		{
			Name: "status",
			Description: "The worst outcome of any collection: `failed`, `created`, `updated`, `planned`, `checked`, `removed` or" +
				" `unchanged`.",
			Example: "updated",
		},
		{
			Name:        "changed",
			Description: "Whether anything in Microcks was changed, or with `mode: plan` would be.",
			Example:     "true",
		},
		{
			Name:        "operations",
			Description: "The number of operations.",
			Example:     "12",
		},
		{
			Name:        "examples",
			Description: "The number of examples that Microcks serves; with `mode: plan` or `check`, would serve.",
			Example:     "20",
		},
		{
			Name:        "warnings",
			Description: "The number of findings and messages of level warning.",
			Example:     "1",
		},
		{
			Name:        "errors",
			Description: "The number of findings and failures of level error.",
			Example:     "0",
		},
		{
			Name:        "result",
			Description: "Everything about the run as JSON; the reference describes its schema.",
			Example:     `{"schema":"postman-microcks-importer/result/v1",…}`,
		},
		{
			Name: "importer-id", Single: true,
			Description: "The importer's id in Microcks.",
			Example:     "5f0c6a1e9b3d4c2a8e7f6b5d",
		},
		{
			Name: "importer-url", Single: true,
			Description: "The page of Microcks that shows the importers.",
			Example:     "https://microcks.example.com/#/importers",
		},
		{
			Name: "service-id", Single: true,
			Description: "The service's id in Microcks.",
			Example:     "66f0c6a1e9b3d4c2a8e7f6b5",
		},
		{
			Name: "service-name", Single: true,
			Description: "The service's name.",
			Example:     "Pet Store",
		},
		{
			Name: "service-version", Single: true,
			Description: "The service's version.",
			Example:     "2.1.0",
		},
		{
			Name: "service-url", Single: true,
			Description: "The service's page in Microcks.",
			Example:     "https://microcks.example.com/#/services/66f0c6a1e9b3d4c2a8e7f6b5",
		},
		{
			Name: "mock-url", Single: true,
			Description: "The address under which the mocks answer; empty when a sign in the name or version keeps every address from them.",
			Example:     "https://microcks.example.com/rest/Pet+Store/2.1.0",
		},
	}
}
