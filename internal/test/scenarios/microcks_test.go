package scenarios

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/test/standin/microcks"
)

// microcksWords are the words about the Microcks server.
func microcksWords() map[string]command {
	return map[string]command{
		"microcks": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "microcks VERB [ARG...]")
			w, rest := storyOf(ts), args[1:]
			need(ts, (w.Microcks == nil) == (args[0] == "start"), "microcks start first, and once")
			switch args[0] {
			case "start": // microcks start [VERSION]
				w.startMicrocks(ts, rest)
			case "add": // microcks add importer|secret|service FILE
				need(ts, len(rest) == 2, "microcks add importer|secret|service FILE")
				w.addToMicrocks(ts, rest[0], expand(ts, ts.ReadFile(rest[1])))
			case "remove": // microcks remove importer|secret|service ID
				need(ts, len(rest) == 2, "microcks remove importer|secret|service ID")
				w.removeFromMicrocks(ts, rest[0], rest[1])
			case "put": // microcks put PATH [FILE] calls its API, as its user interface does
				w.putMicrocks(ts, rest)
			case "wrote": // microcks wrote nothing, or exactly these requests in this order
				w.compareWrites(ts, rest)
			case "called": // microcks called nothing, or exactly these mocks in any order
				w.compareCalls(ts, rest)
			case "importers", "secrets", "services": // prints them, for cmp stdout FILE
				need(ts, len(rest) == 0, "microcks "+args[0])
				_, err := fmt.Fprint(ts.Stdout(), w.plain(w.show(args[0])))
				ts.Check(err)
			case "fault": // microcks fault before|after|meanwhile STATUS METHOD PATH
				w.failMicrocks(ts, rest)
			case "unhealthy": // microcks unhealthy TIMES
				n, err := strconv.Atoi(strings.Join(rest, ""))
				ts.Check(err)
				w.Microcks.Unhealthy(n)
			case "hold": // microcks hold before|after METHOD PATH
				need(ts, len(rest) == 3, "microcks hold before|after METHOD PATH")
				w.gates.add(rest[0] == "after", rest[1], rest[2])
			case "await": // until a request is held
				w.gates.await(ts)
			case "release", "drop": // a dropped request never reaches Microcks
				w.gates.open(args[0] == "release")
			default:
				ts.Fatalf("microcks has no %s", args[0])
			}
		},
	}
}

// startMicrocks starts a server without an importer, and has the inputs point
// to it. With a Keycloak there it wants a sign-in.
func (w *story) startMicrocks(ts *testscript.TestScript, version []string) {
	need(ts, len(version) <= 1, "microcks start [VERSION]")
	w.StartMicrocks(microcks.Options{Version: strings.Join(version, "")})
	ts.Setenv("MICROCKS_URL", w.MicrocksURL)
	ts.Setenv("INPUT_MICROCKS-URL", w.MicrocksURL)
}

func (w *story) addToMicrocks(ts *testscript.TestScript, kind, text string) {
	read := func(into any) {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			ts.Fatalf("%s: %v", kind, err)
		}
	}
	switch kind {
	case "importer":
		var one microcks.Job
		read(&one)
		w.Microcks.AddJob(one)
	case "secret":
		var one microcks.Secret
		read(&one)
		w.Microcks.AddSecret(one)
	case "service":
		var one microcks.Service
		read(&one)
		w.Microcks.AddService(one)
	default:
		ts.Fatalf("microcks adds no %s", kind)
	}
}

func (w *story) removeFromMicrocks(ts *testscript.TestScript, kind, id string) {
	remove := map[string]func(string){
		"importer": w.Microcks.RemoveJob, "secret": w.Microcks.RemoveSecret, "service": w.Microcks.RemoveService,
	}[kind]
	need(ts, remove != nil, "importer, secret or service")
	remove(id)
}

// putMicrocks does what a person does in the user interface.
func (w *story) putMicrocks(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 1 || len(args) == 2, "microcks put PATH [FILE]")
	body := ""
	if len(args) == 2 {
		body = ts.ReadFile(args[1])
	}
	answer := httptest.NewRecorder()
	w.Microcks.ServeHTTP(answer, httptest.NewRequest("PUT", "/api/"+args[0], strings.NewReader(body)))
	if answer.Code != 200 {
		ts.Fatalf("Microcks answered %d", answer.Code)
	}
}

// failMicrocks spoils the next such request: instead of acting, after it, or
// while the server acts on. Status 0 breaks the connection.
func (w *story) failMicrocks(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 4 || len(args) == 5, "microcks fault before|after|meanwhile STATUS METHOD PATH [TIMES]")
	when, known := map[string]microcks.Moment{"before": microcks.Before, "after": microcks.After, "meanwhile": microcks.Meanwhile}[args[0]]
	status, err := strconv.Atoi(args[1])
	need(ts, known && err == nil, "a moment and a status")
	fault := microcks.Fault{When: when, Status: status, Method: args[2], Path: args[3], Times: 1}
	switch status {
	case 200, 502, 503, 504: // a gateway or another server speaks
		fault.Body = "<html><body>something else</body></html>"
	case 500: // all that Microcks itself ever says
		fault.Body = `{"timestamp":1700000000000,"status":500,"error":"Internal Server Error","path":"` + args[3] + `"}`
	}
	if len(args) == 5 {
		fault.Times, err = strconv.Atoi(args[4])
		ts.Check(err)
	}
	w.Microcks.Fail(fault)
}

// markRequests begins a new count of requests.
func (w *story) markRequests() {
	if w.Microcks != nil {
		w.seen = len(w.Microcks.Requests())
	}
	if w.Postman != nil {
		w.polled = len(w.Postman.Requests())
	}
}

func (w *story) askedPostman() int {
	return len(w.Postman.Requests()) - w.polled
}

// compareCalls holds the last run's calls of mocks against those wanted, such as
// "GET Pet%20Store/1.0.0/cats".
func (w *story) compareCalls(ts *testscript.TestScript, want []string) {
	need(ts, len(want) > 0, "microcks called nothing|REQUEST...")
	var got []string
	for _, r := range w.Microcks.Requests()[w.seen:] {
		if path, mocks := strings.CutPrefix(r.Path, "/rest/"); mocks {
			if r.Query != "" {
				path += "?" + r.Query
			}
			got = append(got, r.Method+" "+path)
		}
	}
	if len(want) == 1 && want[0] == "nothing" {
		want = nil
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		ts.Fatalf("mocks were called by\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// compareWrites holds the last run's requests to the API that are not GET
// against those wanted, such as "PUT jobs/<PETS>/start".
func (w *story) compareWrites(ts *testscript.TestScript, want []string) {
	need(ts, len(want) > 0, "microcks wrote nothing|REQUEST...")
	var got []string
	for _, r := range w.Microcks.Requests()[w.seen:] {
		if path, api := strings.CutPrefix(r.Path, "/api/"); api && r.Method != "GET" && r.Method != "HEAD" {
			got = append(got, r.Method+" "+w.plain(path))
		}
	}
	if len(want) == 1 && want[0] == "nothing" {
		want = nil
	}
	if !slices.Equal(got, want) {
		ts.Fatalf("Microcks was written to by\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
