// Package world is what a run of the program meets: stand-ins for Postman,
// Microcks, Keycloak and GitHub, and the program itself, built as a process.
package world

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Build builds the program into a folder, and returns its path. Under the race
// detector the program has it, too.
func Build(ctx context.Context, folder string) (program string, err error) {
	program = filepath.Join(folder, "postman-microcks-importer")
	args := []string{"build", "-o", program}
	if RaceDetector {
		args = append(args, "-race")
	}
	build := exec.CommandContext(ctx, "go", append(args, "postman-microcks-importer")...)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return program, nil
}
