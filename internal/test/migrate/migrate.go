package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// refusedError says that Postman's program does not take a collection, and why.
type refusedError struct{ words string }

func (e *refusedError) Error() string { return "not taken by Postman: " + e.words }

// migrate has Postman's program write a collection as a folder. It sees a home of its
// own.
func migrate(ctx context.Context, program string, collection []byte) (*txtar.Archive, error) {
	home, err := os.MkdirTemp("", "migrate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	const input, output = "collection.json", "folder"
	if err := os.WriteFile(filepath.Join(home, input), collection, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "collection", "migrate", input, "-o", output)
	cmd.Dir, cmd.Env = home, []string{"HOME=" + home}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return nil, &refusedError{strings.Join(strings.Fields(string(out)), " ")}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	folder := &txtar.Archive{}
	return folder, fs.WalkDir(os.DirFS(home), output, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(home, filepath.FromSlash(name)))
		folder.Files = append(folder.Files, txtar.File{Name: strings.TrimPrefix(name, path.Clean(output)+"/"), Data: raw})
		return err
	})
}
