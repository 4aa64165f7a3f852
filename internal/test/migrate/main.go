// Command migrate holds a collection against what becomes of it as a folder: Postman's
// own program writes the folder ("collection migrate"), internal/gitformat reads it, and
// servers have to make the same of both, but for what losses.go names.
//
//	POSTMAN_CLI=…/bin/postman go run ./internal/test/migrate INPUT_DIR
//
// goes through every .json file of INPUT_DIR. It prints one line for each, what differs
// below it, and last how many agree and what was lost; it exits 1 when one does not
// agree. Postman's program is in npm's @postman/pm-bin-linux-x64, here 1.62.0. It takes
// no collection of v2.0, and none with a request or an example that is a text.
//
// With -keep DIR each folder is also written into DIR, as an archive. So were those of
// testdata, which a test holds against their collections without Postman's program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// program is the environment's variable with the path of Postman's program.
const program = "POSTMAN_CLI"

func run(ctx context.Context, args []string, getenv func(string) string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(errs)
	keep := flags.String("keep", "", "`folder` for what Postman's program writes")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	postman := getenv(program)
	if flags.NArg() != 1 || postman == "" {
		fmt.Fprintf(errs, "usage: %s=PATH migrate [-keep DIR] INPUT_DIR\n", program)
		return 2
	}
	s, err := holdAll(flags.Arg(0), out, func(file string, raw []byte) (*txtar.Archive, error) {
		folder, err := migrate(ctx, postman, raw)
		if err == nil && *keep != "" {
			err = os.WriteFile(filepath.Join(*keep, archiveOf(file)), txtar.Format(folder), 0o644)
		}
		return folder, err
	})
	if err != nil {
		fmt.Fprintln(errs, "error:", err)
		return 20
	}
	if s.disagree > 0 {
		return 1
	}
	return 0
}

// archiveOf is the name of the archive of a collection's folder.
func archiveOf(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".json") + ".txtar"
}

// sums are how many collections came to what.
type sums struct {
	agree, disagree, refused int
	lost                     map[string]int // by name of loss
}

// holdAll holds every collection of a folder against its folder, which folderOf brings.
func holdAll(dir string, out io.Writer, folderOf func(file string, raw []byte) (*txtar.Archive, error)) (*sums, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	s := &sums{lost: map[string]int{}}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if raw, err = complete(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		folder, err := folderOf(file, raw)
		var refused *refusedError
		if errors.As(err, &refused) {
			s.refused++
			fmt.Fprintf(out, "%s: %v\n", filepath.Base(file), err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		h, err := hold(raw, folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		s.add(h)
		fmt.Fprintf(out, "%s: %v\n", filepath.Base(file), h)
	}
	fmt.Fprintf(out, "%d agree, %d disagree, %d not taken by Postman%s\n", s.agree, s.disagree, s.refused, counts(s.lost))
	return s, nil
}

func (s *sums) add(h holding) {
	if len(h.differences) > 0 {
		s.disagree++
	} else {
		s.agree++
	}
	for name, n := range h.lost {
		s.lost[name] += n
	}
}

// counts lists losses, each with how often.
func counts(lost map[string]int) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lost)) {
		fmt.Fprintf(&b, "; %d × %s", lost[name], name)
	}
	return b.String()
}
