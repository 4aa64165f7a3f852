// Command gen writes what follows from the tables of inputs and outputs:
// action.yml, and the tables of docs/reference.md between their markers; and the schema of
// manifests, of their table of keys. Run it by
// `go generate ./internal/config`.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/manifest"
)

// root is the repository, seen from internal/config, where go generate runs.
const root = "../.."

func main() {
	if err := write(root); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// write brings action.yml and docs/reference.md up to date.
func write(root string) error {
	action := filepath.Join(root, "action.yml")
	if err := os.WriteFile(action, []byte(actionYAML(config.Inputs(), config.Outputs())), 0o644); err != nil {
		return fmt.Errorf("writing action.yml: %w", err)
	}
	schema := filepath.Join(root, "docs", "postman-microcks.schema.json")
	if err := os.WriteFile(schema, manifest.Schema(), 0o644); err != nil {
		return fmt.Errorf("writing the schema of manifests: %w", err)
	}
	path := filepath.Join(root, "docs", "reference.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading docs/reference.md: %w", err)
	}
	text, err := fillReference(string(page), config.Inputs(), config.Outputs())
	if err != nil {
		return fmt.Errorf("filling docs/reference.md: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing docs/reference.md: %w", err)
	}
	return nil
}
