package main

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"postman-microcks-importer/internal/result"
	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// How late a run may end after its clock or SIGTERM: longer where a write is under
// way, which is heard to its end. A runner kills 2.5 s after SIGTERM.
const (
	mostLate        = time.Second
	mostLateWriting = 2500 * time.Millisecond
)

// hostileRun is a run that meets something hostile, and is to end all the same.
type hostileRun struct {
	name string
	// collections of the run; nil is an honest small one.
	collections [][]byte
	version     string // of Microcks, the newest when empty
	env         map[string]string
	// answer takes the place of a server's where it is not nil and the request is
	// one that meets returns true for.
	meets  func(server world.Server, r *http.Request) bool
	answer http.HandlerFunc
	// writing: a write is under way when the run ends, and is told as in doubt.
	writing bool
	// second: an undisturbed run went before.
	second bool
}

// moment is when a run ends, from when its collections are answered or it meets
// what is hostile.
const moment = 500 * time.Millisecond

// ends is how a run is brought to its end.
type ends string

// The two ends.
const (
	byClock  ends = "clock"
	bySignal ends = "SIGTERM"
)

// endsOf runs everything hostile and ends it by the clock, whose time is timeout, and
// by SIGTERM. It reports whether all ended in time, and told what there was to tell.
func endsOf(kinds []kind, timeout time.Duration) bool {
	folder, err := os.MkdirTemp("", "ends")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	program, err := world.Build(context.Background(), folder)
	if err != nil {
		panic(err)
	}
	e := &ender{program: program, folder: folder, timeout: timeout}
	fmt.Printf("%-34s %-8s %7s %5s  %s\n", "met", "ended by", "late", "exit", "published")
	const size = 15 << 20
	for _, k := range kinds {
		e.both(hostileRun{name: k.name, collections: [][]byte{[]byte(k.make(size))}, version: k.version})
	}
	if len(kinds) > 0 {
		var mixture [][]byte
		for i := range 8 {
			mixture = append(mixture, []byte(kinds[i*len(kinds)/8].make(size)))
		}
		e.both(hostileRun{name: "8 of them at once", collections: mixture})
	}
	var all sync.WaitGroup
	for _, run := range networks() { // these wait, and compute little
		all.Go(func() { e.both(run) })
	}
	all.Wait()
	return !e.failed
}

// networks are servers that behave badly.
func networks() []hostileRun {
	at := func(server world.Server, method, part string) func(world.Server, *http.Request) bool {
		return func(s world.Server, r *http.Request) bool {
			return s == server && r.Method == method && strings.Contains(r.URL.Path, part)
		}
	}
	const get, put, post = http.MethodGet, http.MethodPut, http.MethodPost
	stopped := map[string]string{"INPUT_ACTIVE": "false"}
	removing := map[string]string{"INPUT_MODE": "remove", "INPUT_ALLOW": "remove-services"}
	return []hostileRun{
		{name: "Postman is silent", meets: at(world.Postman, get, "/collections/"), answer: silence},
		{name: "Postman switches protocols", meets: at(world.Postman, get, "/collections/"), answer: switching},
		{name: "Postman trickles", meets: at(world.Postman, get, "/collections/"), answer: trickle},
		{name: "Postman does not end", meets: at(world.Postman, get, "/collections/"), answer: endless},
		{name: "Postman sends a bomb", meets: at(world.Postman, get, "/collections/"), answer: bomb},
		{name: "Microcks is silent", meets: at(world.Microcks, get, ""), answer: silence},
		{name: "Microcks trickles", meets: at(world.Microcks, get, ""), answer: trickle},
		{name: "importers have no last page", meets: at(world.Microcks, get, "/api/jobs"), answer: pages},
		{name: "importers are a bomb", meets: at(world.Microcks, get, "/api/jobs"), answer: bomb},
		{name: "a look-up is silent", meets: at(world.Microcks, get, "/api/services"), answer: silence},
		{name: "a secret is not answered", meets: at(world.Microcks, post, "/api/secrets"), answer: silence, writing: true},
		{name: "an importer is not answered", meets: at(world.Microcks, post, "/api/jobs/"), answer: silence, writing: true},
		{name: "an importer switches protocols", meets: at(world.Microcks, post, "/api/jobs/"), answer: switching, writing: true},
		{name: "an importer's answer trickles", meets: at(world.Microcks, post, "/api/jobs/"), answer: trickle, writing: true},
		{name: "an import is not answered", meets: at(world.Microcks, put, "/start"), answer: silence, writing: true},
		{name: "an import to be stopped", meets: at(world.Microcks, put, "/start"), answer: silence, writing: true, env: stopped},
		{name: "a stop is not answered", meets: at(world.Microcks, put, "/stop"), answer: silence, writing: true, env: stopped},
		{
			name: "an importer's end is not answered", meets: at(world.Microcks, http.MethodDelete, "/api/jobs/"), answer: silence,
			writing: true, env: removing, second: true,
		},
		{
			name: "a service's end is not answered", meets: at(world.Microcks, http.MethodDelete, "/api/services/"), answer: silence,
			writing: true, env: removing, second: true,
		},
	}
}

// ender ends runs.
type ender struct {
	program, folder string
	timeout         time.Duration
	guard           sync.Mutex // of what is printed
	failed          bool
}

// both ends a run in both ways, and prints what came of it.
func (e *ender) both(run hostileRun) {
	for _, by := range []ends{byClock, bySignal} {
		late, code, said, err := e.end(run, by)
		e.guard.Lock()
		if err != nil {
			e.failed = true
			said += "; WRONG: " + err.Error()
		}
		fmt.Printf("%-34s %-8s %6.2fs %5d  %s\n", run.name, by, late.Seconds(), code, said)
		e.guard.Unlock()
	}
}

// meeting is a run in a world of its own on its way to its end.
type meeting struct {
	hostileRun
	by     ends
	world  *world.World
	due    time.Time     // when it is to end
	armed  bool          // what is hostile is there
	met    chan struct{} // closed when the run has met it
	meet   func()
	silent chan struct{} // closed when nobody has to be silent any more
}

// end ends a run in a world of its own, and returns how late it ended, its exit code,
// and what was published. The lateness of a run that ended by itself before is
// negative.
func (e *ender) end(run hostileRun, by ends) (late time.Duration, code int, said string, err error) {
	m := &meeting{hostileRun: run, by: by, world: world.New(), met: make(chan struct{}), silent: make(chan struct{})}
	m.meet = sync.OnceFunc(func() { close(m.met) })
	defer m.world.Close()
	defer close(m.silent)
	env, err := m.prepare()
	if err != nil {
		return 0, 0, "", err
	}
	timeout := time.Minute
	if by == byClock {
		timeout = e.timeout
	}
	env["INPUT_TIMEOUT"] = timeout.String()
	files, err := os.MkdirTemp(e.folder, "run")
	if err != nil {
		panic(err)
	}
	m.due = time.Now().Add(timeout)
	p, err := world.Start(e.program, files, files, env)
	if err != nil {
		panic(err)
	}
	defer p.Kill()
	m.signal(p)
	select {
	case <-p.Ended():
	case <-time.After(time.Until(m.due) + 10*time.Second):
		return time.Since(m.due), -1, "", errors.New("it does not end")
	}
	late = time.Since(m.due)
	told, said, err := published(p)
	said += fmt.Sprintf(", %d MB", p.Memory()>>20)
	if err == nil {
		err = m.wrong(late, p, told)
	}
	return late, p.Wait(), said, err
}

// prepare starts the servers and returns the environment of the run.
func (m *meeting) prepare() (env map[string]string, err error) {
	w := m.world
	w.Before = m.before
	w.StartPostman(postman.Options{})
	w.StartMicrocks(standin.Options{Version: m.version})
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 2)); err != nil {
		panic(err)
	}
	env = w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"] = "apply", uids(max(1, len(m.collections)))
	if m.second {
		if code := w.Run(context.Background(), io.Discard, env); code != 0 {
			return nil, fmt.Errorf("the run before ended with %d", code)
		}
	}
	m.armed = true
	if m.collections != nil {
		env["INPUT_MODE"] = "plan"
	}
	env["GITHUB_ACTIONS"], env["GOMAXPROCS"] = "true", "2"
	maps.Copy(env, m.env)
	return env, nil
}

// before answers in place of the servers what is hostile.
func (m *meeting) before(server world.Server, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		number, asked := collectionAsked(server, r)
		switch {
		case m.armed && asked && number < len(m.collections):
			if m.by == byClock {
				time.Sleep(time.Until(m.due.Add(-moment)))
			}
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write(m.collections[number])
			m.meet()
		case m.armed && m.meets != nil && m.meets(server, r):
			m.meet()
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			go func() {
				defer cancel()
				select {
				case <-m.silent:
				case <-ctx.Done():
				}
			}()
			m.answer(rw, r.WithContext(ctx))
		default:
			next.ServeHTTP(rw, r)
		}
	})
}

// signal sends SIGTERM at the moment for it, to a run that is ended by it.
func (m *meeting) signal(p *world.Process) {
	if m.by == byClock {
		return
	}
	select {
	case <-p.Ended():
	case <-m.met:
		select {
		case <-p.Ended():
		case <-time.After(moment):
		}
	}
	m.due = time.Now()
	_ = p.Signal(syscall.SIGTERM) // it may have ended by itself
}

// wrong is what is wrong about the end of a run.
func (m *meeting) wrong(late time.Duration, p *world.Process, told result.Result) error {
	code, most := p.Wait(), mostLate
	if m.writing {
		most = mostLateWriting
	}
	switch {
	case late > most:
		return errors.New("too late")
	case p.Memory() > mostMB<<20:
		return errors.New("too much memory")
	case (code == 0) != (told.Status != result.Failed) || told.Interrupted != nil && code != 1:
		return errors.New("the exit code is another than the result's")
	case m.writing && told.Interrupted != nil && !(told.Written && doubts(told) != ""):
		return errors.New("a write under way is not told as in doubt")
	}
	return nil
}

// collectionAsked tells which collection of a run is asked for.
func collectionAsked(server world.Server, r *http.Request) (number int, is bool) {
	_, uid, is := strings.Cut(r.URL.Path, "/collections/")
	for is && server == world.Postman && number < 8 && uid != world.UID(number+1) {
		number++
	}
	return number, is && server == world.Postman
}

func uids(n int) string {
	var all []string
	for i := range n {
		all = append(all, world.UID(i+1))
	}
	return strings.Join(all, "\n")
}

// published is what a run left for its workflow, and whether that is whole: the
// result that its outputs hold, a summary, and the log.
func published(p *world.Process) (told result.Result, said string, err error) {
	outputs, err := p.Outputs()
	if err != nil {
		return told, "", err
	}
	summary, err := p.Summary()
	if err != nil {
		return told, "", err
	}
	log, err := p.Log()
	if err != nil {
		return told, "", err
	}
	if i := strings.Index(log, "\ngoroutine "); i >= 0 {
		return told, "", fmt.Errorf("crashed: %.200s", log[max(0, i-200):])
	}
	if err := json.Unmarshal([]byte(world.Value(outputs, "result")), &told); err != nil {
		return told, "", fmt.Errorf("no result among the outputs: %w", err)
	}
	how := "as it is"
	if told.Interrupted != nil {
		how = "interrupted"
	}
	said = fmt.Sprintf("%s, %s: summary %d, result %d, log %d bytes", how, told.Status, len(summary),
		len(world.Value(outputs, "result")), len(log))
	switch {
	case summary == "" || told.Interrupted != nil && !strings.Contains(summary, "Interrupted"):
		err = errors.New("the summary does not tell it")
	case world.Value(outputs, "status") != string(told.Status) || told.Status == "":
		err = errors.New("outputs and result have different ends")
	case world.Value(outputs, "errors") != strconv.Itoa(told.Totals.Errors):
		err = errors.New("outputs and result count differently")
	case world.Unexplained(p.Wait(), told) != "":
		err = errors.New(world.Unexplained(p.Wait(), told))
	}
	for _, c := range told.Collections {
		if c.Status == "" {
			err = errors.New("a collection without a status")
		}
	}
	return told, said + doubts(told), err
}

// doubts are the deeds of a run that are in doubt.
func doubts(told result.Result) (said string) {
	for _, c := range told.Collections {
		if c.Importer == nil {
			continue
		}
		for _, d := range c.Importer.Done {
			if strings.HasSuffix(string(d.Kind), "-in-doubt") {
				said += ", " + string(d.Kind)
			}
		}
	}
	for _, s := range told.Secrets {
		if s.InDoubt {
			said += ", secret in doubt"
		}
	}
	return said
}

// silence answers nothing.
func silence(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection is not seen
	<-r.Context().Done()
}

// switching answers 101 and keeps the connection.
func switching(rw http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	for err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
}

// trickle answers one byte after the other.
func trickle(rw http.ResponseWriter, r *http.Request) {
	to := http.NewResponseController(rw)
	for r.Context().Err() == nil {
		if _, err := io.WriteString(rw, " "); err != nil || to.Flush() != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// endless answers as fast as it can, without an end.
func endless(rw http.ResponseWriter, r *http.Request) {
	piece := []byte(strings.Repeat(" ", 1<<16))
	for r.Context().Err() == nil {
		if _, err := rw.Write(piece); err != nil {
			return
		}
	}
}

// bomb is endless, compressed.
func bomb(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Encoding", "gzip")
	packed, err := gzip.NewWriterLevel(rw, gzip.BestSpeed)
	if err != nil {
		panic(err)
	}
	piece := make([]byte, 1<<20)
	for r.Context().Err() == nil {
		if _, err := packed.Write(piece); err != nil {
			return
		}
	}
}

// pages answers every page with importers that were on none before, slowly.
func pages(rw http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("page"), "0"))
	time.Sleep(50 * time.Millisecond)
	_, _ = io.WriteString(rw, "["+joined(90_000, ",", func(i int) string {
		return fmt.Sprintf(`{"id":"%d-%d","name":"x","repositoryUrl":"http://x/"}`, page, i)
	})+"]")
}
