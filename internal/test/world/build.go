package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Root is the folder of the project.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no go.mod in this folder or above it")
		}
		folder = parent
	}
}

// Build builds the program into a folder and returns its path. Under the race
// detector the program has it, too.
func Build(ctx context.Context, folder string) (program string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	// Whoever reads a file of the module is run anew when it changes; the rest of
	// the program is linked into this test.
	if _, err := os.ReadFile(filepath.Join(root, "main.go")); err != nil {
		return "", err
	}
	program = filepath.Join(folder, "postman-microcks-importer")
	args := []string{"build", "-o", program}
	if RaceDetector {
		args = append(args, "-race")
	}
	build := exec.CommandContext(ctx, "go", append(args, ".")...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return program, nil
}
