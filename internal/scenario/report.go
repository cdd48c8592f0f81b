package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// response is a response as page.js describes it.
type response struct {
	Status           int
	StatusText, Type string
	Redirected       bool
	URL              string
	Headers          [][2]string
	Body, Failed     string
	Method, Request  string // of an entry of a cache
}

// describe is a response in one line: what was asked for is shown only when
// it differs, headers only when they are told apart by their names.
func (p *play) describe(r response, asked string, show []string) string {
	line := fmt.Sprintf("%d %s %s", r.Status, r.StatusText, r.Type)
	line = strings.Join(strings.Fields(line), " ")
	if r.Redirected {
		line += " redirected"
	}
	if r.URL != asked {
		line += fmt.Sprintf(" url=%q", p.server.strip(r.URL))
	}
	for _, h := range r.Headers {
		if h[0] == "content-type" || strings.HasPrefix(h[0], "x-") || slices.Contains(show, h[0]) {
			line += fmt.Sprintf(" %s=%q", h[0], h[1])
		}
	}
	if r.Failed != "" {
		return line + ", the body fails: " + r.Failed
	}
	return line + " " + quote(bytesOf(r.Body))
}

func playRequests(p *play, a []string, _ string) error {
	for _, line := range p.server.flush(len(a) > 0) {
		p.print("%s", line)
	}
	return nil
}

// playCaches prints caches in their order and the entries of each sorted: what
// is put concurrently comes in any order.
func playCaches(p *play, a []string, _ string) error {
	var list []struct {
		Name    string
		Entries []response
	}
	failure, err := p.call(a[0], &list, "caches")
	if failure != "" {
		p.print("caches: throws %s", failure)
	}
	for _, c := range list {
		p.print("cache %s", c.Name)
		var lines []string
		for _, e := range c.Entries {
			lines = append(lines, fmt.Sprintf("entry %s %s: %s", e.Method, p.server.strip(e.Request), p.describe(e, e.Request, nil)))
		}
		slices.Sort(lines)
		for _, line := range lines {
			p.print("%s", line)
		}
	}
	return err
}

func playRegistrations(p *play, a []string, _ string) error {
	var list []struct{ Scope, Installing, Waiting, Active string }
	_, err := p.call(a[0], &list, "registrations")
	for _, r := range list {
		line := "registration " + r.Scope
		for _, w := range [][2]string{{"installing", r.Installing}, {"waiting", r.Waiting}, {"active", r.Active}} {
			if w[1] != "" {
				line += fmt.Sprintf(" %s: %s", w[0], w[1])
			}
		}
		p.print("%s", line)
	}
	return err
}

func playController(p *play, a []string, _ string) error {
	var controller string
	_, err := p.call(a[0], &controller, "controller")
	if controller == "" {
		controller = "none"
	}
	p.print("controller of %s: %s", a[0], controller)
	return err
}

// playUncaught waits for exceptions, which browsers tell a moment later.
func playUncaught(p *play, a []string, _ string) error {
	count, err := strconv.Atoi(a[0])
	if err != nil {
		return err
	}
	var list []string
	err = p.until(func() (bool, error) {
		list = p.player.Uncaught()
		return len(list) >= count, nil
	})
	slices.Sort(list)
	for _, line := range list {
		p.print("uncaught %s", line)
	}
	return err
}

// playEnd tells what is left when everything has come to rest.
func playEnd(p *play, _ []string, _ string) error {
	if len(p.tabs) > 0 {
		if err := p.until(p.resting()); err != nil {
			return err
		}
	}
	if err := playRequests(p, nil, ""); err != nil {
		return err
	}
	for i, tab := range p.tabs {
		var left []string
		if _, err := p.call(tab, &left, "left"); err != nil {
			return err
		}
		for _, line := range left {
			p.print("%s heard %s", tab, line)
		}
		if err := playController(p, []string{tab}, ""); err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		if err := playRegistrations(p, []string{tab}, ""); err != nil {
			return err
		}
		if err := playCaches(p, []string{tab}, ""); err != nil {
			return err
		}
	}
	return nil
}

// resting says whether no worker is on its way any more. One that waits may be
// about to be activated: it has to wait a while to be believed.
func (p *play) resting() func() (bool, error) {
	waited := 0
	return func() (bool, error) {
		var rest struct{ Settled, Waiting bool }
		_, err := p.call(p.tabs[0], &rest, "rest")
		waited++
		if !rest.Settled {
			waited = 0
		}
		return rest.Settled && (!rest.Waiting || waited > 30), err
	}
}
