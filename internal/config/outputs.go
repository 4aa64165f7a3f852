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
			Description: "The outcome; of several collections the first of these that one of them has: `failed`, `created`, `updated`," +
				" `removed`, `planned`, `checked`, `unchanged`, `skipped` (what it needs is not given).",
			Example: "updated",
		},
		{
			Name:        "changed",
			Description: "Whether anything in Microcks was changed, or with `mode: plan` would be.",
			Example:     "true",
		},
		{
			Name: "service", Single: true,
			Description: "The service's name and version, `Name:Version`, as Microcks' own actions take it.",
			Example:     "Pet Store:2.1.0",
		},
		{
			Name: "service-url", Single: true,
			Description: "The service's page in Microcks.",
			Example:     "https://microcks.example.com/#/services/66f0c6a1e9b3d4c2a8e7f6b5",
		},
		{
			Name: "mock-url", Single: true,
			Description: "The address under which the mocks answer; empty when a character in the name or version leaves them without one.",
			Example:     "https://microcks.example.com/rest/Pet+Store/2.1.0",
		},
		{
			Name: "result",
			Description: "Everything about the run as JSON, each collection with its importer, service and findings; the reference" +
				" describes its schema.",
			Example: `{"schema":"postman-microcks-importer/result/v1",…}`,
		},
		{
			Name:        "breaking",
			Description: "With `mode: plan` the number of requests that break for consumers of the mocks.",
			Example:     "0",
		},
		{
			Name:        "comment-url",
			Description: "The comment on the pull request that says what the plan found; empty when there is none.",
			Example:     "https://github.com/acme/pets/pull/7#issuecomment-1234567890",
		},
		{
			Name: "leftovers",
			Description: "The number of importers and uploaded services that runs with this `manifest` made of what it lists no more, those" +
				" that this run removed among them.",
			Example: "0",
		},
		{
			Name:        "pruned",
			Description: "The number of leftovers that this run removed.",
			Example:     "0",
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
	}
}
