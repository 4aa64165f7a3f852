package crash

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestCaught(t *testing.T) {
	t.Parallel()
	own := errors.New("own")
	if err := Caught(func() error { return own })(); err != own {
		t.Errorf("an error comes back as %v", err)
	}
	if err := Caught(func() error { return nil })(); err != nil {
		t.Errorf("nothing comes back as %v", err)
	}
	var none []int
	for want, f := range map[string]func() error{
		"this program broke: on purpose (crash.TestCaught.func3, crash_test.go:": func() error { panic("on purpose") },
		"index out of range [3] with length 0 (crash.TestCaught.func4, crash_":   func() error { none[3]++; return nil },
	} {
		if err := Caught(f)(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("told as %v, want %q", err, want)
		}
	}
}

// Every goroutine of the program begins in Caught: what breaks in another one ends
// the process with nothing told.
func TestEveryGoroutineIsCaught(t *testing.T) {
	t.Parallel()
	const root = "../.."
	goroutines := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if entry.IsDir() && (path == root+"/internal/test" || path == root+"/internal/demo") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if !starts(n) {
				return true
			}
			goroutines++
			if !catches(n) {
				t.Errorf("%s: a goroutine without crash.Caught", files.Position(n.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if goroutines < 10 {
		t.Errorf("only %d goroutines found", goroutines)
	}
}

// starts reports whether a goroutine begins there: a go statement, or the method Go
// of a group.
func starts(n ast.Node) bool {
	if call, ok := n.(*ast.CallExpr); ok {
		method, ok := call.Fun.(*ast.SelectorExpr)
		return ok && method.Sel.Name == "Go"
	}
	_, ok := n.(*ast.GoStmt)
	return ok
}

func catches(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Caught" {
			found = true
		}
		return !found
	})
	return found
}
