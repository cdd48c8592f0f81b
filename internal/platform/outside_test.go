package platform_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
)

// scripted is a browser that answers as the test says and notes what it is
// told. Operations without an answer answer with nothing.
type scripted struct {
	t       *testing.T
	loop    *eventloop.Loop
	realm   *platform.Realm
	answers map[string]any // a value, an error, or func(args []any) any
	pending []string       // operations that are never answered
	log     []string       // operations, lines of the console and reports
}

const scriptURL = "https://site.test/sw.js"

// newRealm makes a realm in which script ran.
func newRealm(t *testing.T, kind platform.Kind, answers map[string]any, script string) *scripted {
	t.Helper()
	s := &scripted{t: t, loop: eventloop.New(time.Unix(1e9, 0)), answers: answers}
	url := scriptURL
	if kind == platform.Window {
		url = "https://site.test/page/index.html"
	}
	realm, err := platform.New(platform.Options{
		Kind: kind, URL: url, Loop: s.loop, Outside: s, Exchange: platform.NewExchange(s.loop), Secure: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(realm.Close)
	s.realm = realm
	s.run(script)
	return s
}

// run runs a script and all that follows from it.
func (s *scripted) run(script string) {
	s.t.Helper()
	if _, err := s.realm.Run(scriptURL, script); err != nil {
		s.t.Fatalf("%v in %s", err, script)
	}
	s.loop.Advance(time.Minute)
}

// dispatch tells the realm something and runs all that follows from it.
func (s *scripted) dispatch(kind string, args ...any) any {
	s.t.Helper()
	value, err := s.realm.Dispatch(kind, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", kind, err)
	}
	s.loop.Advance(time.Minute)
	return value
}

// took is what happened since the last time, a line each.
func (s *scripted) took() []string {
	log := s.log
	s.log = nil
	return log
}

// expect fails when other things happened since the last time.
func (s *scripted) expect(want ...string) {
	s.t.Helper()
	if got := s.took(); !slices.Equal(got, want) {
		s.t.Errorf("got:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// expectValue fails when an expression's value, awaited and as JSON, is
// another one. What was thrown shows as its name and message.
func (s *scripted) expectValue(expression, want string) {
	s.t.Helper()
	s.log = nil
	s.run(`(async () => { try { console.log(JSON.stringify(await (` + expression + `))) } catch (e) { console.log(e instanceof DOMException, e.name + ": " + e.message) } })()`)
	got := ""
	for _, line := range s.took() {
		if text, ok := strings.CutPrefix(line, "log "); ok {
			got = text
		}
	}
	if got != want {
		s.t.Errorf("%s\n\tis:     %s\n\twanted: %s", expression, got, want)
	}
}

func (s *scripted) note(operation string, args []any) {
	line := operation
	for _, arg := range args {
		text, ok := arg.(string)
		if !ok {
			raw, _ := json.Marshal(arg)
			text = string(raw)
		}
		line += " " + text
	}
	s.log = append(s.log, line)
}

func (s *scripted) answer(operation string, args []any) (any, error) {
	answer := s.answers[operation]
	if f, ok := answer.(func([]any) any); ok {
		answer = f(args)
	}
	if err, ok := answer.(error); ok {
		return nil, err
	}
	return answer, nil
}

func (s *scripted) Tell(operation string, args []any) (any, error) {
	if operation != "sw.self" {
		s.note(operation, args)
	}
	return s.answer(operation, args)
}

func (s *scripted) Ask(operation string, args []any, done func(any, error)) {
	s.note(operation, args)
	if !slices.Contains(s.pending, operation) {
		done(s.answer(operation, args))
	}
}

func (s *scripted) Console(level, text string) { s.log = append(s.log, level+" "+text) }

func (s *scripted) Report(kind string, err *platform.Exception) {
	if kind == "refused" {
		return // what becomes of it shows in the script
	}
	s.log = append(s.log, fmt.Sprintf("%s %s: %s", kind, err.Name, err.Message))
}

func (s *scripted) Random(p []byte) { clear(p) }

func (s *scripted) Point(string, string) error { return nil }

func (s *scripted) Crashed(err error) { s.t.Errorf("the realm was ended: %v", err) }

func (s *scripted) Online() bool { return true }

func (s *scripted) Storage() (usage, quota int64) { return 0, 0 }

var errNothing = errors.New("there is nothing here")

func (s *scripted) Fetch(*fetch.Request, *eventloop.Future[struct{}]) *eventloop.Future[*fetch.Response] {
	f := eventloop.NewFuture[*fetch.Response](s.loop)
	f.Resolve(fetch.NetworkError("offline"))
	return f
}

func (s *scripted) ImportScript(string) (string, error) { return "", errNothing }

func (s *scripted) Module(_, _ string) (string, error) { return "", errNothing }

func (s *scripted) Caches() (*cachestorage.Storage, error) { return nil, errNothing }

func (s *scripted) Databases() (*platform.Databases, error) { return nil, errNothing }

// Records that the tests hand to realms.

func workerRecord(id int, state string) map[string]any {
	return map[string]any{"id": id, "scriptURL": scriptURL, "state": state}
}

func registrationRecord(installing, waiting, active any) map[string]any {
	return map[string]any{
		"id": 1, "scope": "https://site.test/", "updateViaCache": "imports",
		"installing": installing, "waiting": waiting, "active": active,
	}
}

// itself is the answer to sw.self of a worker whose script is evaluated for
// the first time.
func itself(more map[string]any) map[string]any {
	answers := map[string]any{
		"sw.self": map[string]any{"registration": registrationRecord(nil, nil, nil), "worker": workerRecord(10, "parsed")},
	}
	for operation, answer := range more {
		answers[operation] = answer
	}
	return answers
}

func clientRecord(id, kind string) map[string]any {
	return map[string]any{
		"id": id, "url": "https://site.test/" + id, "type": kind, "frameType": "top-level", "focused": false,
		"visibilityState": "hidden", "ancestorOrigins": []string{"https://parent.test"},
	}
}

// message is a serialized value.
func message(value string) map[string]any {
	return map[string]any{"value": "[" + value + ",[]]", "buffers": []string{}, "ports": []int{}}
}
