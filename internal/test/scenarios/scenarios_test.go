// Package scenarios has tests alone. What does the whole program do, story by
// story? The scenarios in testdata run it against stand-ins for Postman,
// Microcks, Keycloak and GitHub, as a step of a workflow does. They read like a
// specification; README.md explains their words.
//
//	go test -run TestScript/apply-first-run   one scenario
//	go test -run TestScript -update           writes what was seen into the scenarios
package scenarios

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	client "postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/world"
)

var update = flag.Bool("update", false, "write what the program says now into the scenarios")

// TestMain lets more scenarios run at once than there are processors, unless
// -parallel says how many: most of the time they wait. The race detector gives
// the processors more to do.
func TestMain(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		atOnce := 4 * runtime.GOMAXPROCS(0)
		if world.RaceDetector {
			atOnce /= 2
		}
		if err := flag.Set("test.parallel", strconv.Itoa(atOnce)); err != nil {
			panic(err) // the flag is the testing package's own
		}
	}
	os.Exit(m.Run())
}

func TestScript(t *testing.T) {
	t.Parallel()
	program, err := world.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Values[programKey{}] = program
			return setUp(env)
		},
		Cmds:                vocabulary(),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

type command = func(ts *testscript.TestScript, neg bool, args []string)

// vocabulary is every word of the scenarios that testscript does not bring.
func vocabulary() map[string]command {
	words := make(map[string]command)
	for _, more := range []map[string]command{
		runWords(), workflowWords(), postmanWords(), microcksWords(), keycloakWords(), githubWords(), gatewayWords(), textWords(),
	} {
		maps.Copy(words, more)
	}
	return words
}

// setUp gives a scenario its story: the environment of a runner that carries
// out a push to the default branch, sample collections, and no server yet.
func setUp(env *testscript.Env) error {
	w := newStory(env.WorkDir)
	env.Values[storyKey{}] = w
	env.Defer(w.end)
	for name, value := range runnerEnvironment(env.WorkDir) {
		env.Setenv(name, value)
	}
	for name, uid := range uids {
		env.Setenv(name, uid)
		env.Setenv(name+"_ID", client.DerivedID(client.ImporterKind, uid))
	}
	env.Setenv("SPACE", space)
	env.Setenv("SECRET_ID", client.DerivedID(client.SecretKind, defaultSecret))
	samples, err := filepath.Glob(filepath.Join("testdata", "collections", "*.json"))
	if err != nil {
		return err
	}
	for _, sample := range samples {
		text, err := os.ReadFile(sample)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(sample)), text, 0o644); err != nil {
			return err
		}
	}
	return writeEvent(env.WorkDir, push("main"), noCommits)
}
