//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/canary"

	"github.com/google/go-cmp/cmp"
)

// mostCompressed is how much of the image goes over the network at most.
const mostCompressed = 5_000_000

// TestActionImage looks into the image of the action: one binary and the
// certificate authorities, small, and nothing of the run in its history.
func TestActionImage(t *testing.T) {
	w := newSurroundings(t)
	buildImage(t)

	var config struct {
		Config struct {
			User, WorkingDir string
			Entrypoint, Env  []string
			Cmd, Shell       []string
		}
	}
	if err := json.Unmarshal([]byte(docker(t, "inspect", "--format", "{{json .}}", actionImage)), &config); err != nil {
		t.Fatal(err)
	}
	c := config.Config
	// No USER, since only root may write the runner's files; no WORKDIR, since
	// the runner sets it.
	if c.User != "" || (c.WorkingDir != "" && c.WorkingDir != "/") || len(c.Cmd) > 0 {
		t.Errorf("user %q, working directory %q, command %q; want none", c.User, c.WorkingDir, c.Cmd)
	}
	if diff := cmp.Diff([]string{"/postman-microcks-importer"}, c.Entrypoint); diff != "" {
		t.Errorf("entrypoint (-want +got):\n%s", diff)
	}

	saved := docker(t, "save", actionImage)
	files, compressed := layers(t, []byte(saved))
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"etc/ssl/certs/ca-certificates.crt", "postman-microcks-importer"}, names); diff != "" {
		t.Errorf("files in the image (-want +got):\n%s", diff)
	}
	if compressed > mostCompressed {
		t.Errorf("the image has %d bytes compressed, want at most %d", compressed, mostCompressed)
	}
	t.Logf("image: %d bytes compressed, at most %d", compressed, mostCompressed)

	// The image's binary was built in another folder, with nothing to reuse.
	if here := buildHere(t); !bytes.Equal(here, files["postman-microcks-importer"]) {
		t.Error("the binary in the image differs from one that is built here")
	} else {
		t.Logf("two builds, one of them in the image: the same %d bytes", len(here))
	}

	sinks := map[string]string{
		"docker history": docker(t, "history", "--no-trunc", "--format", "{{.CreatedBy}} {{.Comment}}", actionImage),
		"docker inspect": docker(t, "inspect", actionImage),
		"docker save":    saved,
	}
	checkLeaks(t, w, sinks)
	t.Logf("image: %s", scanned(sinks))
}

// TestActionBuildsWhateverTheDigest holds that a Dockerfile whose base has a digest is
// built as the others are: of the base that .ci/e2e made, which has another.
func TestActionBuildsWhateverTheDigest(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	base := regexp.MustCompile(`(?m)^(FROM golang:[^@\s]+)(?:@\S+)?`)
	text := readFile(t, filepath.Join(root, "Dockerfile"))
	pinned := base.ReplaceAll(text, fmt.Appendf(nil, "${1}@sha256:%x", sha256.Sum256(text)))
	cmd := exec.CommandContext(t.Context(), "bash", "-c", ". .ci/tools && without_digests")
	cmd.Dir, cmd.Stdin = root, bytes.NewReader(pinned)
	tagged, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(pinned, []byte("-alpine@sha256:")) {
		t.Fatalf("the base should have got a digest:\n%s", pinned)
	}
	file := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(file, tagged, 0o600); err != nil {
		t.Fatal(err)
	}
	legacyBuild(t, root, "of-a-digest", "--file", file)
	t.Cleanup(func() { docker(t, "rmi", "of-a-digest") })
}

// TestActionScanFindsCanaryInHistory plants the key in an image's history.
func TestActionScanFindsCanaryInHistory(t *testing.T) {
	w := newSurroundings(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM scratch\nARG KEY\nLABEL built-with=$KEY\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	legacyBuild(t, dir, "planted", "--build-arg", "KEY="+w.apiKey)
	history := docker(t, "history", "--no-trunc", "--format", "{{.CreatedBy}} {{.Comment}}", "planted")
	if found := canary.Leaks(w.canaries(), history); len(found) == 0 {
		t.Errorf("the key stands in the history and is not found:\n%s", history)
	}
}

// buildImage makes the image as act does, unless it is there: of a Dockerfile that
// names its base by tag, since the base comes from no registry here.
func buildImage(t *testing.T) {
	t.Helper()
	if strings.TrimSpace(docker(t, "images", "--quiet", actionImage)) == "" {
		legacyBuild(t, filepath.Join("..", "..", ".."), actionImage, "--file", tool(t, "E2E_DOCKERFILE"))
	}
}

// legacyBuild builds without BuildKit, as act and older runners do.
func legacyBuild(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "docker", append(append([]string{"build", "--quiet", "--tag", name}, args...), dir)...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, out)
	}
}

// buildHere carries out the go build of the Dockerfile here and returns the
// binary.
func buildHere(t *testing.T) []byte {
	t.Helper()
	found := regexp.MustCompile(`(?m)^RUN cd /src && (go build (?:.*\\\n)*.*)$`).FindSubmatch(readFile(t, "../../../Dockerfile"))
	if found == nil {
		t.Fatal("no go build found in the Dockerfile")
	}
	out := filepath.Join(t.TempDir(), "binary")
	command := strings.Replace(string(found[1]), "/out/postman-microcks-importer", out, 1)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "VERSION=dev")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said)
	}
	return readFile(t, out)
}

// layers reads the files of a saved image, and how many bytes its layers have
// once compressed, as registries keep them.
func layers(t *testing.T, saved []byte) (files map[string][]byte, compressed int) {
	t.Helper()
	files = map[string][]byte{}
	forEach(t, saved, func(name string, content []byte) {
		if !strings.HasSuffix(name, "layer.tar") {
			return
		}
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		if _, err := zip.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := zip.Close(); err != nil {
			t.Fatal(err)
		}
		compressed += packed.Len()
		forEach(t, content, func(name string, content []byte) { files[name] = content })
	})
	return files, compressed
}

func forEach(t *testing.T, archive []byte, do func(name string, content []byte)) {
	t.Helper()
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		do(header.Name, content)
	}
}
