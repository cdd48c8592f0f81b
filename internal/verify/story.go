package verify

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/swgen/swgen/swtest"
)

// The beginning and the end of a story are told when it is long, and the
// faults between them.
const storyHead, storyTail = 8, 20

// plot is a story that is being told.
type plot struct {
	lines   []string
	faults  []bool // which lines are about faults that were made on purpose
	skipped int
}

func (p *plot) tell(line string, fault bool) {
	p.lines, p.faults = append(p.lines, line), append(p.faults, fault)
}

// gap tells how many things were skipped, if any.
func (p *plot) gap(what string) {
	switch {
	case p.skipped == 1:
		p.tell("          ... one "+what, false)
	case p.skipped > 1:
		p.tell(fmt.Sprintf("          ... %d %ss", p.skipped, what), false)
	}
	p.skipped = 0
}

// short is the story without its middle when it is long.
func (p *plot) short() []string {
	if len(p.lines) <= storyHead+storyTail+1 {
		return p.lines
	}
	var s plot
	for i, line := range p.lines {
		if i >= storyHead && i < len(p.lines)-storyTail && !p.faults[i] {
			s.skipped++
			continue
		}
		s.gap("more event")
		s.tell(line, false)
	}
	return s.lines
}

// story is what matters of a trace for a finding about a URL: what became of
// workers and pages, what was thrown and reported, and the requests for that
// URL; the others are counted. Without a URL every request matters.
func story(events []swtest.Event, about string) []string {
	var p plot
	for _, e := range events {
		if (e.Kind == "request" || e.Kind == "answer") && !concerns(e.Text, about) {
			p.skipped++
			continue
		}
		p.gap("other request")
		p.tell(strings.TrimRight(e.String(), " "), e.Kind == "fault")
	}
	p.gap("other request")
	return p.short()
}

// concerns says whether the text of a request or an answer, which is a method,
// a URL and what came of it, is about a URL path or a URL, whatever the query.
func concerns(text, about string) bool {
	if about == "" {
		return true
	}
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return false
	}
	if !strings.Contains(about, "://") {
		about = home + about
	}
	return pathOnly(strings.TrimSuffix(fields[1], ":")) == pathOnly(about)
}

// pathOnly is a URL without query and fragment, spelled in one way.
func pathOnly(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.Scheme + "://" + u.Host + u.Path
}
