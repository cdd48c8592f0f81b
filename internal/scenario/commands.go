package scenario

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// command is a command with its least number of arguments. rest is all that
// follows its name.
type command struct {
	least int
	run   func(p *play, args []string, rest string) error
}

var commands = map[string]command{
	"open":     {2, playOpen},
	"navigate": {2, playNavigate},
	"reload":   {1, playReload},
	"submit":   {3, playSubmit},
	"frame":    {3, playFrame},
	"close":    {1, playClose},
	"load":     {3, playLoad},

	"register":   {2, playRegister},
	"update":     {1, playUpdate},
	"unregister": {1, playUnregister},
	"wait":       {2, playWait},

	"get":   {2, playGet},
	"eval":  {2, playEval},
	"run":   {2, playRun},
	"until": {2, playUntil},

	"post":   {3, playPost},
	"ask":    {3, playAsk},
	"listen": {1, playListen},
	"heard":  {2, playHeard},

	"requests":      {0, playRequests},
	"caches":        {1, playCaches},
	"registrations": {1, playRegistrations},
	"controller":    {1, playController},
	"uncaught":      {1, playUncaught},
	"end":           {0, playEnd},

	"offline": {0, func(p *play, _ []string, _ string) error { return p.player.Offline(true) }},
	"online":  {0, func(p *play, _ []string, _ string) error { return p.player.Offline(false) }},
	"kill":    {0, func(p *play, _ []string, _ string) error { return p.player.Kill() }},
	"build":   {1, func(p *play, a []string, _ string) error { return p.server.build(a[0]) }},
	"serve":   {1, playServe},
	"fail":    {1, playFault(func([]string) (fault, error) { return fault{drop: true}, nil })},
	"status":  {2, playFault(statusFault)},
	"slow":    {2, playFault(slowFault)},
	"mend":    {1, playMend},
}

func playOpen(p *play, a []string, _ string) error {
	page, err := p.player.Open(a[0], p.url(a[1]))
	return p.page(a[0], page, err)
}

func playNavigate(p *play, a []string, _ string) error {
	page, err := p.player.Navigate(a[0], p.url(a[1]))
	return p.page(a[0], page, err)
}

func playReload(p *play, a []string, _ string) error {
	page, err := p.player.Reload(a[0])
	return p.page(a[0], page, err)
}

func playSubmit(p *play, a []string, _ string) error {
	field, value, _ := strings.Cut(a[2], "=")
	page, err := p.player.Submit(a[0], p.url(a[1]), field, value)
	return p.page(a[0], page, err)
}

func playFrame(p *play, a []string, _ string) error {
	p.frames[a[1]] = a[0]
	page, err := p.player.Frame(a[0], a[1], p.url(a[2]))
	return p.page(a[1], page, err)
}

func playClose(p *play, a []string, _ string) error {
	p.left(a[0])
	return p.player.Close(a[0])
}

func playLoad(p *play, a []string, _ string) error {
	loaded, err := p.player.Load(a[0], p.url(a[1]), a[2])
	if loaded {
		p.print("loaded")
	} else {
		p.print("failed")
	}
	return err
}

// options are the arguments NAME=VALUE.
func (p *play) options(args []string) (map[string]string, error) {
	list := make(map[string]string)
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not NAME=VALUE", a)
		}
		list[name] = p.server.Fill(value)
	}
	return list, nil
}

func playRegister(p *play, a []string, _ string) error {
	options, err := p.options(a[2:])
	if err != nil {
		return err
	}
	var scope string
	failure, err := p.call(a[0], &scope, "register", p.server.Fill(a[1]), options)
	if failure != "" {
		p.print("%s", failure)
	} else {
		p.print("registered %s", scope)
	}
	return err
}

// scope is an optional argument: a URL below the scope of a registration, for
// which the page's own stands when there is none.
func scope(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

func playUpdate(p *play, a []string, _ string) error {
	failure, err := p.call(a[0], new(any), "update", scope(a, 1))
	if failure == "" {
		failure = "updated"
	}
	p.print("%s", failure)
	return err
}

func playUnregister(p *play, a []string, _ string) error {
	return p.show(a[0], "unregister", scope(a, 1))
}

// show prints what a command of page.js comes to.
func (p *play) show(tab, command string, args ...any) error {
	var value json.RawMessage
	failure, err := p.call(tab, &value, command, args...)
	p.value(value, failure)
	return err
}

func (p *play) value(value json.RawMessage, failure string) {
	if failure != "" {
		p.print("throws %s", failure)
	} else {
		p.print("%s", value)
	}
}

func playWait(p *play, a []string, _ string) error {
	return p.until(func() (bool, error) {
		var is bool
		failure, err := p.call(a[0], &is, "is", a[1], scope(a, 2))
		if failure != "" {
			err = fmt.Errorf("throws %s", failure)
		}
		return is, err
	})
}

// playGet is fetch() in a page.
func playGet(p *play, a []string, _ string) error {
	init := make(map[string]any)
	headers := [][2]string{}
	var show []string
	for _, option := range a[2:] {
		name, value, _ := strings.Cut(option, "=")
		value = p.server.Fill(value)
		switch name {
		case "header":
			name, value, _ := strings.Cut(value, ":")
			headers = append(headers, [2]string{name, value})
		case "show":
			show = append(show, value)
		default:
			init[name] = value
		}
	}
	init["headers"] = headers
	url := p.url(a[1])
	var r response
	failure, err := p.call(a[0], &r, "get", url, init)
	if failure != "" {
		p.print("throws %s", failure)
	} else if err == nil {
		p.print("%s", p.describe(r, url, show))
	}
	return err
}

func playEval(p *play, a []string, rest string) error {
	value, failure, err := p.script(a[0], strings.TrimPrefix(rest, a[0]))
	p.value(value, failure)
	return err
}

func playRun(p *play, a []string, _ string) error {
	source, found := p.server.find("/"+a[1], "")
	if !found {
		return fmt.Errorf("there is no file %s", a[1])
	}
	value, failure, err := p.script(a[0], "(async () => {"+string(source.body)+"\n})()")
	p.value(value, failure)
	return err
}

func playUntil(p *play, a []string, rest string) error {
	return p.until(func() (bool, error) {
		value, failure, err := p.script(a[0], "Promise.resolve("+strings.TrimPrefix(rest, a[0])+").then(Boolean)")
		if failure != "" {
			err = fmt.Errorf("throws %s", failure)
		}
		return string(value) == "true", err
	})
}

// message is the JSON after the first two arguments.
func message(rest string) json.RawMessage {
	for range 2 {
		_, rest, _ = strings.Cut(rest, " ")
	}
	return json.RawMessage(rest)
}

func playPost(p *play, a []string, rest string) error {
	failure, err := p.call(a[0], new(any), "post", a[1], message(rest))
	if failure != "" {
		p.print("throws %s", failure)
	}
	return err
}

func playAsk(p *play, a []string, rest string) error {
	return p.show(a[0], "ask", a[1], message(rest))
}

func playListen(p *play, a []string, _ string) error {
	_, err := p.call(a[0], new(any), "listen")
	return err
}

func playHeard(p *play, a []string, _ string) error {
	count, err := strconv.Atoi(a[1])
	if err != nil {
		return err
	}
	var heard []string
	err = p.until(func() (bool, error) {
		_, err := p.call(a[0], &heard, "heard", count)
		return heard != nil, err
	})
	for _, line := range heard {
		p.print("%s", line)
	}
	return err
}
