package config

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	fromLine = regexp.MustCompile(`(?mi)^FROM[ \t]+(?:--\S+[ \t]+)*(\S+)`)
	usesLine = regexp.MustCompile(`(?m)^[ \t-]*uses:[ \t]*["']?([^\s"'#]+)`)
	digest   = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
	commit   = regexp.MustCompile(`@[0-9a-f]{40}$`)
	released = regexp.MustCompile(`(?m)^## \[?v?[0-9]+\.[0-9]+\.[0-9]+`)
)

// unpinned lists what a text takes from elsewhere without saying exactly which:
// images without a digest, actions without a commit.
func unpinned(text string) []string {
	var loose []string
	stages := regexp.MustCompile(`(?mi)^FROM[ \t].*[ \t]AS[ \t]+(\S+)`).FindAllStringSubmatch(text, -1)
	own := map[string]bool{"scratch": true}
	for _, stage := range stages {
		own[stage[1]] = true
	}
	for _, from := range fromLine.FindAllStringSubmatch(text, -1) {
		if !own[from[1]] && !digest.MatchString(from[1]) {
			loose = append(loose, from[1])
		}
	}
	for _, uses := range usesLine.FindAllStringSubmatch(text, -1) {
		wanted := commit
		if strings.HasPrefix(uses[1], "docker://") {
			wanted = digest
		}
		if !strings.HasPrefix(uses[1], "./") && !wanted.MatchString(uses[1]) {
			loose = append(loose, uses[1])
		}
	}
	return loose
}

// TestUnpinned holds what TestRelease takes for exact.
func TestUnpinned(t *testing.T) {
	t.Parallel()
	sha256, sha1 := strings.Repeat("0a", 32), strings.Repeat("0a", 20)
	for text, want := range map[string][]string{
		"FROM golang:1.26-alpine AS build\nFROM scratch\n":                       {"golang:1.26-alpine"},
		"FROM golang:1.26-alpine@sha256:" + sha256 + " AS build\nFROM scratch\n": nil,
		"FROM golang@sha256:" + sha256 + " AS build\nFROM build\n":               nil,
		"from --platform=linux/amd64 golang:1\n":                                 {"golang:1"},
		"FROM golang:1.26-alpine@sha256:…\n":                                     {"golang:1.26-alpine@sha256:…"},
		"# FROM golang:1\n":                                                      nil,
		"      - uses: actions/checkout@v6\n":                                    {"actions/checkout@v6"},
		"        uses: actions/checkout@" + sha1 + " # v6.0.0\n":                 nil,
		"        uses: actions/checkout@" + sha1[:39] + "\n":                     {"actions/checkout@" + sha1[:39]},
		"        uses: ./ # this very checkout\n":                                nil,
		"        uses: docker://alpine:3\n":                                      {"docker://alpine:3"},
		"        uses: \"docker://alpine@sha256:" + sha256 + "\"\n":              nil,
		"        uses: docker://alpine@" + sha1 + "\n":                           {"docker://alpine@" + sha1},
	} {
		if diff := cmp.Diff(want, unpinned(text)); diff != "" {
			t.Errorf("%s(-want +got):\n%s", text, diff)
		}
	}
}

// TestRelease refuses a release, one that CHANGELOG.md names or whose tag is
// checked, of which others could change what it is made from. Until then the places
// are marked: a digest or commit is written there by what has looked it up.
func TestRelease(t *testing.T) {
	t.Parallel()
	isRelease := os.Getenv("POSTMAN_MICROCKS_RELEASE") == "true" || released.Match(readRepository(t, "CHANGELOG.md"))
	files, err := filepath.Glob(filepath.Join(repository, ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	for _, file := range append(files, filepath.Join(repository, "Dockerfile"), filepath.Join(repository, "action.yml")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		loose := unpinned(string(text))
		switch marked := strings.Contains(string(text), "A RELEASE NEEDS "); {
		case len(loose) > 0 && isRelease:
			t.Errorf("%s: a release cannot take %q: look up the digest of an image (docker buildx imagetools inspect IMAGE),"+
				" the commit of an action (git ls-remote https://github.com/OWNER/REPO TAG), and write it there",
				filepath.Base(file), loose)
		case len(loose) > 0 && !marked:
			t.Errorf("%s takes %q and does not say that a release needs more", filepath.Base(file), loose)
		case len(loose) == 0 && marked:
			t.Errorf("%s says that a release needs more, and has it", filepath.Base(file))
		}
	}
}

// TestDependabot holds that what is pinned is renewed.
func TestDependabot(t *testing.T) {
	t.Parallel()
	text := string(readRepository(t, ".github/dependabot.yml"))
	for _, ecosystem := range []string{"gomod", "github-actions", "docker"} {
		if !strings.Contains(text, "package-ecosystem: "+ecosystem+"\n") {
			t.Errorf("nothing renews %s", ecosystem)
		}
	}
}

// TestContainersWithoutDigests holds that .ci/e2e, whose base image comes from no
// registry, builds a Dockerfile whose base has a digest.
func TestContainersWithoutDigests(t *testing.T) {
	t.Parallel()
	text := "# FROM a@sha256:0\nFROM golang:1.26-alpine@sha256:" + strings.Repeat("0a", 32) + " AS build\nCOPY . /src/\nFROM scratch\n"
	cmd := exec.CommandContext(t.Context(), "bash", "-c", ". .ci/tools && without_digests")
	cmd.Dir, cmd.Stdin = repository, strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "# FROM a@sha256:0\nFROM golang:1.26-alpine AS build\nCOPY . /src/\nFROM scratch\n"
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
