package scenarios

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// postmanWords are the words about the Postman API.
func postmanWords() map[string]command {
	return map[string]command{
		// postman start|serve|workspace|fork|hide|forget|fault|heal|quota|revoke|asked …
		"postman": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "postman VERB [ARG...]")
			w, rest := storyOf(ts), args[1:]
			if args[0] == "workspace" { // postman workspace ID UID…
				need(ts, len(rest) >= 1 && w.Postman != nil, "postman workspace ID [UID...]")
				w.Postman.AddWorkspace(postman.Workspace{ID: rest[0], Name: "Harbour", Collections: rest[1:]})
				return
			}
			need(ts, (w.Postman == nil) == (args[0] == "start"), "postman start first, and once")
			switch verb := args[0] + "/" + strconv.Itoa(len(rest)); verb {
			case "start/0":
				w.startPostman(ts, 0)
			case "start/1": // postman start CALLS, that many a minute
				calls, err := strconv.Atoi(rest[0])
				ts.Check(err)
				w.startPostman(ts, calls)
			case "serve/2": // postman serve FILE UID
				if err := w.Postman.AddCollection(rest[1], []byte(expand(ts, ts.ReadFile(rest[0])))); err != nil {
					ts.Fatalf("%v", err)
				}
			case "serve-as-is/2": // postman serve-as-is FILE UID, not wrapped
				w.Postman.SetBody(rest[1], []byte(ts.ReadFile(rest[0])))
			case "fork/1": // postman fork UID, which is served already
				w.Postman.Fork(rest[0])
			case "hide/1": // postman hide UID from listings
				w.Postman.Hide(rest[0])
			case "forget/1": // postman forget UID
				w.Postman.RemoveCollection(rest[0])
			case "fault/1", "fault/2": // postman fault NAME [TIMES], every time without a number
				w.failPostman(ts, rest[0], strings.Join(rest[1:], ""))
			case "fault-of/2": // postman fault-of UID NAME, every time somebody asks for that collection
				fault, err := postman.Named(rest[1])
				ts.Check(err)
				fault.Times = -1
				fault.On = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/collections/"+rest[0]) }
				w.Postman.Fail(fault)
			case "heal/0":
				w.Postman.Heal()
			case "quota/1": // postman quota LEFT
				left, err := strconv.ParseInt(rest[0], 10, 64)
				ts.Check(err)
				w.Postman.SetMonthUsed(monthLimit - left)
			case "share/1": // postman share UID, by a link with the access key
				w.Postman.AddAccessKey(rest[0], accessKey)
			case "revoke/0":
				w.Postman.RevokeKey(apiKey)
			case "asked/1": // postman asked N times by the last run
				if got := w.askedPostman(); strconv.Itoa(got) != rest[0] {
					ts.Fatalf("Postman was asked %d times, want %s", got, rest[0])
				}
			default:
				ts.Fatalf("postman has no %s", verb)
			}
		},
	}
}

const monthLimit = 1_000_000

// startPostman starts a Postman API without a collection, and has the inputs
// point to it.
func (w *story) startPostman(ts *testscript.TestScript, perMinute int) {
	w.StartPostman(postman.Options{APIKey: apiKey, MonthLimit: monthLimit, PerMinute: perMinute})
	ts.Setenv("POSTMAN_URL", w.PostmanURL)
	ts.Setenv("INPUT_POSTMAN-API-URL", w.PostmanURL)
}

// failPostman has Postman answer with a named fault, see [postman.Named]; one
// for Microcks alone begins with "microcks:", one for this program with "run:".
func (w *story) failPostman(ts *testscript.TestScript, name, times string) {
	whom, bare, one := strings.Cut(name, ":")
	if !one || whom != "microcks" && whom != "run" {
		whom, bare = "", name
	}
	fault, err := postman.Named(bare)
	ts.Check(err)
	fault.Times = -1
	if times != "" {
		fault.Times, err = strconv.Atoi(times)
		ts.Check(err)
	}
	if whom != "" {
		fault.On = func(r *http.Request) bool { return world.FromMicrocks(r) == (whom == "microcks") }
	}
	w.Postman.Fail(fault)
}

// textWords are the words that make other collections of the samples.
func textWords() map[string]command {
	return map[string]command{
		// replace FILE OLD NEW changes every OLD in a file; there must be one.
		"replace": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 3, "replace FILE OLD NEW")
			text := ts.ReadFile(args[0])
			if !strings.Contains(text, args[1]) {
				ts.Fatalf("%s holds no %q", args[0], args[1])
			}
			storyOf(ts).write(ts, args[0], strings.ReplaceAll(text, args[1], args[2]))
		},
		// many FILE N writes a collection of so many operations, GET /things0 and so on.
		"many": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 2, "many FILE N")
			n, err := strconv.Atoi(args[1])
			ts.Check(err)
			storyOf(ts).write(ts, args[0], string(world.Collection("Things", "1.0.0", n)))
		},
		// json FILE must be a Result as JSON, and nothing but that.
		"json": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 1, "json FILE")
			var told result.Result
			ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &told))
			need(ts, told.Schema == result.Schema, "a result")
		},
		// grow FILE BYTES adds a collection's description until it is that long.
		"grow": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 2, "grow FILE BYTES")
			size, err := strconv.Atoi(args[1])
			ts.Check(err)
			var collection map[string]any
			ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &collection))
			items, _ := collection["item"].([]any)
			need(ts, len(items) > 0, "a collection with an item")
			items[0].(map[string]any)["description"] = strings.Repeat("x", size)
			text, err := json.Marshal(collection)
			ts.Check(err)
			storyOf(ts).write(ts, args[0], string(text))
		},
	}
}
