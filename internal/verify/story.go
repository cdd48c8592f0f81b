package verify

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/swgen/swgen/swtest"
)

// The beginning and the end of a story are told when it is long.
const storyHead, storyTail = 8, 20

// story is what matters of a trace for a finding about a URL: what became of
// workers and pages, what was thrown and reported, and the requests for that
// URL; the others are counted. Without a URL every request matters.
func story(events []swtest.Event, about string) []string {
	var lines []string
	others := 0
	flush := func() {
		switch {
		case others == 1:
			lines = append(lines, "          ... one other request")
		case others > 1:
			lines = append(lines, fmt.Sprintf("          ... %d other requests", others))
		}
		others = 0
	}
	for _, e := range events {
		if (e.Kind == "request" || e.Kind == "answer") && !concerns(e.Text, about) {
			if e.Kind == "request" || e.Who != "network" {
				others++
			}
			continue
		}
		flush()
		lines = append(lines, strings.TrimRight(e.String(), " "))
	}
	flush()
	if left := len(lines) - storyHead - storyTail; left > 1 {
		cut := append([]string{}, lines[:storyHead]...)
		cut = append(cut, fmt.Sprintf("          ... %d more events", left))
		lines = append(cut, lines[len(lines)-storyTail:]...)
	}
	return lines
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
