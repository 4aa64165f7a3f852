package config

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	stage = regexp.MustCompile(`(?mi)^FROM[ \t].*[ \t]AS[ \t]+(\S+)`)
	// What a Dockerfile starts from and copies from.
	image = regexp.MustCompile(`(?mi)^(?:FROM[ \t]+(?:--\S+[ \t]+)*|COPY[ \t].*--from=)(\S+)`)
	// What a workflow or an action runs, in block and in flow style. A value that
	// stands elsewhere, in an alias or in lines below, is taken for what it is called
	// here, which is nothing exact.
	uses = regexp.MustCompile(`(?m)^(?:[^#\n]*[\s{,])?["']?(uses|image|container)["']?:[ \t]*["']?([^\s"'#,{}]+)`)

	digest   = regexp.MustCompile(`@sha256:([0-9a-f]{64})$`)
	commit   = regexp.MustCompile(`@([0-9a-f]{40})$`)
	released = regexp.MustCompile(`(?m)^## \[?v?[0-9]+\.[0-9]+\.[0-9]+`)
)

// mark stands where a release needs more than there is.
const mark = "A RELEASE NEEDS "

// reference names what is taken from elsewhere. It says exactly which where it ends in
// exact.
type reference struct {
	name  string
	exact *regexp.Regexp
}

// references lists what a text takes from elsewhere: images and actions.
func references(text string) []reference {
	var all []reference
	own := map[string]bool{"scratch": true, "Dockerfile": true}
	for _, found := range stage.FindAllStringSubmatch(text, -1) {
		own[found[1]] = true
	}
	for _, found := range image.FindAllStringSubmatch(text, -1) {
		if !own[found[1]] {
			all = append(all, reference{found[1], digest})
		}
	}
	for _, found := range uses.FindAllStringSubmatch(text, -1) {
		switch key, name := found[1], found[2]; {
		case own[name] || strings.HasPrefix(name, "./"):
		case key == "uses" && !strings.HasPrefix(name, "docker://"):
			all = append(all, reference{name, commit})
		default:
			all = append(all, reference{name, digest})
		}
	}
	return all
}

// unpinned lists those that do not say exactly which: images without a digest, actions
// without a commit.
func unpinned(text string) []string {
	var loose []string
	for _, r := range references(text) {
		if found := r.exact.FindStringSubmatch(r.name); found == nil || invented(found[1]) {
			loose = append(loose, r.name)
		}
	}
	return loose
}

// invented reports whether digits are of the kind that people make up: a part again
// and again, from a single digit on. Of a hash that is as good as impossible.
func invented(digits string) bool {
	for period := 1; period <= len(digits)/2; period++ {
		if digits[period:] == digits[:len(digits)-period] {
			return true
		}
	}
	return false
}

// refused says why a file cannot be part of a release, or before one why it is not
// marked as it should be; "" when it can and is.
func refused(text string, isRelease bool) string {
	loose, marked := unpinned(text), strings.Contains(text, mark)
	switch {
	case len(loose) > 0 && isRelease:
		return fmt.Sprintf("a release cannot take %q: look up the digest of an image (docker buildx imagetools inspect IMAGE),"+
			" the commit of an action (git ls-remote https://github.com/OWNER/REPO TAG), and write it there", loose)
	case len(loose) > 0 && !marked:
		return fmt.Sprintf("it takes %q and does not say that a release needs more", loose)
	case len(loose) == 0 && marked:
		return "it says that a release needs more, and has it"
	}
	return ""
}

// hashOf is a digest or a commit of the given number of digits, as a registry or a
// repository would say it.
func hashOf(what string, digits int) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(what)))[:digits]
}

// TestUnpinned holds what TestRelease takes for exact.
func TestUnpinned(t *testing.T) {
	t.Parallel()
	sha256, sha1 := hashOf("an image", 64), hashOf("an action", 40)
	for text, want := range map[string][]string{
		"FROM golang:1.26-alpine AS build\nFROM scratch\n":                       {"golang:1.26-alpine"},
		"FROM golang:1.26-alpine@sha256:" + sha256 + " AS build\nFROM scratch\n": nil,
		"FROM golang@sha256:" + sha256 + " AS build\nFROM build\n":               nil,
		"from --platform=linux/amd64 golang:1\n":                                 {"golang:1"},
		"FROM golang:1.26-alpine@sha256:…\n":                                     {"golang:1.26-alpine@sha256:…"},
		"FROM $BASE\n":                                                           {"$BASE"},
		"# FROM golang:1\n":                                                      nil,
		"FROM scratch AS a\nCOPY --from=a /x /y\n":                               nil,
		"COPY --chown=1 --from=alpine:3 /x /y\n":                                 {"alpine:3"},
		"COPY --from=alpine@sha256:" + sha256 + " /x /y\n":                       nil,
		"      - uses: actions/checkout@v6\n":                                    {"actions/checkout@v6"},
		"      - {name: a, uses: actions/checkout@v6}\n":                         {"actions/checkout@v6"},
		"      - \"uses\": actions/checkout@v6\n":                                {"actions/checkout@v6"},
		"        uses: >-\n          actions/checkout@v6\n":                      {">-"},
		"        uses: actions/checkout\n":                                       {"actions/checkout"},
		"        uses: actions/checkout@" + sha1 + " # v6.0\n":                   nil,
		"        # uses: actions/checkout@v6\n":                                  nil,
		"        uses: ./ # this very checkout\n":                                nil,
		"        uses: docker://alpine:3\n":                                      {"docker://alpine:3"},
		"        uses: \"docker://alpine@sha256:" + sha256 + "\"\n":              nil,
		"        uses: docker://alpine@" + sha1 + "\n":                           {"docker://alpine@" + sha1},
		"    container: node:22\n":                                               {"node:22"},
		"    container: ${{ matrix.image }}\n":                                   {"$"},
		"    container:\n      image: node:22\n":                                 {"node:22"},
		"        image: node@sha256:" + sha256 + "\n":                            nil,
		"runs:\n  using: docker\n  image: Dockerfile\n":                          nil,
		"runs:\n  using: docker\n  image: docker://alpine:3\n":                   {"docker://alpine:3"},
	} {
		if diff := cmp.Diff(want, unpinned(text)); diff != "" {
			t.Errorf("%s(-want +got):\n%s", text, diff)
		}
	}
}

// madeFrom are the files that say what the action is made from, by name.
func madeFrom(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, ".github", "workflows", "*.y*ml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	texts := map[string]string{}
	for _, file := range append(files, filepath.Join(repository, "Dockerfile"), filepath.Join(repository, "action.yml")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

// TestRelease refuses a release, one that CHANGELOG.md names or whose tag is
// checked, of which others could change what it is made from. Until then the places
// are marked: a digest or commit is written there by what has looked it up.
func TestRelease(t *testing.T) {
	t.Parallel()
	isRelease := os.Getenv("POSTMAN_MICROCKS_RELEASE") == "true" || released.Match(readRepository(t, "CHANGELOG.md"))
	for name, text := range madeFrom(t) {
		if why := refused(text, isRelease); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
	if isRelease && strings.Contains(string(readRepository(t, ".github/zizmor.yml")), "ref-pin") {
		t.Error("zizmor.yml: actions of a release are pinned by commit, and that is what is to be looked for: hash-pin")
	}
}

// TestReleaseIsRefused breaks each of these files in each place, and sees it refused.
func TestReleaseIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range madeFrom(t) {
		if name == "action.yml" {
			text = strings.Replace(text, "image: Dockerfile", "image: docker://ghcr.io/owner/name:v1", 1)
		}
		all := references(text)
		if len(all) == 0 {
			t.Errorf("%s takes nothing from elsewhere", name)
		}
		good := strings.ReplaceAll(text, mark, "")
		for _, r := range all {
			good = strings.ReplaceAll(good, r.name, r.with(hashOf(r.name, 64)))
		}
		for _, isRelease := range []bool{true, false} {
			if why := refused(good, isRelease); why != "" {
				t.Errorf("%s with digests and commits: %s", name, why)
			}
			if refused(good+"\n# "+mark, isRelease) == "" {
				t.Errorf("%s: a mark may stay where nothing is needed", name)
			}
		}
		for _, r := range all {
			exact := r.with(hashOf(r.name, 64))
			for _, bad := range []string{
				r.with(""),
				exact[:len(exact)-1],
				exact + "0",
				r.with(strings.Repeat("0", 64)),
				r.with(strings.Repeat("0123456789abcdef", 4)),
				r.with(strings.ToUpper(hashOf(r.name, 64))),
			} {
				broken := strings.ReplaceAll(good, exact, bad)
				if refused(broken, true) == "" || refused(broken+"\n# "+mark, true) == "" || refused(broken, false) == "" {
					t.Errorf("%s is taken with %s", name, bad)
				}
			}
		}
	}
}

// with is the reference by these digits, as many of them as a commit has for an
// action; without any by a tag.
func (r reference) with(digits string) string {
	name, _, _ := strings.Cut(r.name, "@")
	switch {
	case r.exact == commit && digits == "":
		return name + "@v1"
	case r.exact == commit:
		return name + "@" + digits[:40]
	case digits == "":
		return name
	}
	return name + "@sha256:" + digits
}

// TestDocumentsInventNoHashes holds that a document, whose examples nothing renews and
// which may name tags, has no digest or commit that nobody looked up.
func TestDocumentsInventNoHashes(t *testing.T) {
	t.Parallel()
	hash := regexp.MustCompile(`@(sha256:)?([0-9a-f]{7,})`)
	wrong := func(text string) (all []string) {
		for _, found := range hash.FindAllStringSubmatch(text, -1) {
			if length := map[string]int{"": 40, "sha256:": 64}[found[1]]; len(found[2]) != length || invented(found[2]) {
				all = append(all, found[0])
			}
		}
		return all
	}
	if got := wrong("@v6 @<40 hex digits> @" + hashOf("an action", 40) + " @sha256:" + hashOf("an image", 64)); got != nil {
		t.Errorf("refused: %q", got)
	}
	for _, text := range []string{"@" + hashOf("an action", 39), "@" + strings.Repeat("0", 40), "@sha256:" + strings.Repeat("ab", 32)} {
		if wrong(text) == nil {
			t.Errorf("%s is taken", text)
		}
	}
	documents := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			documents++
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range wrong(string(text)) {
				t.Errorf("%s: %s is no digest or commit", file, found)
			}
		}
	}
	if documents < 10 {
		t.Errorf("%d documents", documents)
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
