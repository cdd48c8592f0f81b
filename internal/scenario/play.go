package scenario

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Player is a browser that scenarios are played in. It has one fresh profile,
// and tabs and frames with names. URLs are absolute. An error means that the
// player failed, not the page: a page that cannot be had is a Page.
type Player interface {
	// Open opens a tab as a bookmark does.
	Open(tab, url string) (Page, error)
	// Navigate goes to a URL as a link in the page does.
	Navigate(tab, url string) (Page, error)
	Reload(tab string) (Page, error)
	// Submit navigates by a form's POST of one field.
	Submit(tab, url, field, value string) (Page, error)
	// Frame puts a frame into the page, which is a tab from then on.
	Frame(tab, name, url string) (Page, error)
	Close(tab string) error
	// Load puts an element into the page that loads a URL, and says whether it
	// did: "script", "module", "style", "image", "font", "audio", "video" ...
	Load(tab, url, destination string) (bool, error)
	// Eval evaluates an expression whose value is a promise of a string.
	Eval(tab, expression string) (string, error)
	// Offline cuts the network, or mends it.
	Offline(bool) error
	// Kill stops all workers.
	Kill() error
	// Pause lets a moment pass.
	Pause() error
	// Uncaught are the exceptions that service workers did not catch so far.
	Uncaught() []string
}

// Page is a document that a navigation has led to.
type Page struct {
	// Failed says that there is none, but a network error.
	Failed bool
	URL    string
	Status int
	// Type is the MIME type's essence.
	Type string
	// Text is the document as text or as HTML: tags do not count.
	Text string
	// Worker says that the document came from a service worker.
	Worker bool
}

// Play plays a scenario and returns its transcript, up to the step that could
// not be played, if there is an error. The commands are, with a URL's path
// standing for all of it:
//
//	open TAB URL, navigate TAB URL, reload TAB, close TAB
//	submit TAB URL FIELD=VALUE     a form's POST
//	frame TAB NAME URL             a frame, which is a tab from then on
//	load TAB URL DESTINATION       an element that loads it
//	register TAB SCRIPT [scope=URL] [type=module] [updateViaCache=none]
//	update TAB [SCOPE], unregister TAB [SCOPE]
//	wait TAB STATE [SCOPE]         settled, activated, waiting, installing, controlled, gone
//	get TAB URL [OPTION=VALUE ...] fetch() with its options, header=NAME:VALUE and show=NAME
//	eval TAB EXPRESSION            its value
//	run TAB FILE                   the value that the body of an async function returns
//	until TAB EXPRESSION           waits until it is true
//	post TAB WORKER JSON           a message to the active, waiting, installing worker or the controller,
//	ask TAB WORKER JSON            with a port, and the answer that comes from there
//	listen TAB, heard TAB N        events of the page's container and workers
//	requests [all]                 what the server was asked since the last time; all: checks for workers too
//	caches TAB, registrations TAB, controller TAB
//	build VERSION                  lets a generator add to the files of a version, before it is served
//	offline, online, serve VERSION, fail PATH, status PATH CODE, slow PATH DURATION, mend PATH, kill
//	uncaught N                     exceptions of workers
//	end                            requests, caches, registrations and controllers at the end; goes without saying
func (s *Scenario) Play(server *Server, player Player) (Transcript, error) {
	p := &play{server: server, player: player, frames: make(map[string]string)}
	var t Transcript
	for _, st := range s.steps {
		p.out = nil
		name, rest, _ := strings.Cut(st.command, " ")
		c, ok := commands[name]
		args := fields(rest)
		err := fmt.Errorf("unknown command %q", name)
		switch {
		case ok && len(args) < c.least:
			err = fmt.Errorf("%s takes %d arguments", name, c.least)
		case ok:
			err = c.run(p, args, strings.TrimSpace(rest))
		}
		if err != nil {
			return t, fmt.Errorf("%s.txt:%d: %s: %w", s.Name, st.line, st.command, err)
		}
		t = append(t, p.out)
	}
	return t, nil
}

// play is a scenario that is being played.
type play struct {
	server *Server
	player Player
	out    []string          // of the present step
	tabs   []string          // open ones that show a page
	frames map[string]string // the tabs of frames
}

func (p *play) print(format string, args ...any) {
	p.out = append(p.out, strings.TrimSpace(p.server.strip(fmt.Sprintf(format, args...))))
}

// url is the absolute form of a URL in a scenario.
func (p *play) url(text string) string {
	if strings.HasPrefix(text, "/") {
		text = "%SITE%" + text
	}
	return p.server.Fill(text)
}

//go:embed page.js
var pageJS string

// result is what a page's part of a command came to.
type result struct {
	Value     json.RawMessage
	Undefined bool
	Error     string
}

// call runs one of the commands of page.js in a tab. Its result goes to value.
func (p *play) call(tab string, value any, command string, args ...any) (failure string, err error) {
	list, err := json.Marshal(append([]any{command}, args...))
	if err != nil {
		return "", err
	}
	return p.evaluate(tab, value, pageJS+"(..."+string(list)+")")
}

func (p *play) evaluate(tab string, value any, expression string) (failure string, err error) {
	text, err := p.player.Eval(tab, expression)
	if err != nil {
		return "", err
	}
	var r result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	switch {
	case r.Error != "":
		return r.Error, nil
	case r.Undefined:
		r.Value = json.RawMessage("undefined")
		if raw, ok := value.(*json.RawMessage); ok {
			*raw = r.Value
		}
		return "", nil
	}
	return "", json.Unmarshal(r.Value, value)
}

// script evaluates an expression of the scenario.
func (p *play) script(tab, expression string) (value json.RawMessage, failure string, err error) {
	failure, err = p.evaluate(tab, &value, pageJS+"(() => ("+p.server.Fill(expression)+"\n))")
	return value, failure, err
}

// patience is how many pauses "wait", "until" and "heard" make.
const patience = 1500

// until pauses until something is so. Errors on the way do not count: the page
// may be in the middle of a navigation.
func (p *play) until(is func() (bool, error)) error {
	var last error
	for range patience {
		ok, err := is()
		if ok && err == nil {
			return nil
		}
		last = err
		if err := p.player.Pause(); err != nil {
			return err
		}
	}
	return errors.Join(errors.New("it does not happen"), last)
}

// page prints a page and remembers whether the tab has one.
func (p *play) page(tab string, page Page, err error) error {
	p.left(tab)
	switch {
	case err != nil:
		return err
	case page.Failed:
		p.print("network error")
		return nil
	}
	p.tabs = append(p.tabs, tab)
	from := "network"
	if page.Worker {
		from = "worker"
	}
	p.print("%d from %s at %s %s %s", page.Status, from, page.URL, page.Type, quote([]byte(plain(page.Text))))
	return nil
}

// left forgets the page of a tab, with its frames.
func (p *play) left(tab string) {
	p.tabs = slices.DeleteFunc(p.tabs, func(t string) bool { return t == tab || p.frames[t] == tab })
}
