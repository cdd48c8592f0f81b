package swtest

import (
	"fmt"
	"strings"
	"time"
)

// Event is something that happened in the browser, for those who ask why.
type Event struct {
	// At is the time since the browser started.
	At time.Duration
	// Kind is request and answer, worker and client (what became of one),
	// console, exception (nobody caught it), warning (what a browser's console
	// says by itself), refused (an operation of a script failed; it may have
	// caught that), or fault (what the test did).
	Kind string
	// Who is what it happened to: "worker 3 (/sw.js)", "page /about/", a scope,
	// "network", "browser".
	Who string
	// Text says what happened, in one line.
	Text string

	tab *Tab // whose page or dedicated worker it was
}

func (e Event) String() string {
	return fmt.Sprintf("%9s  %-9s %-24s %s", e.At.Round(time.Millisecond), e.Kind, e.Who, e.Text)
}

// Trace is all that has happened, in order.
func (b *Browser) Trace() []Event { return b.trace }

func (b *Browser) note(kind, who, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	b.trace = append(b.trace, Event{At: b.loop.Now().Sub(b.began), Kind: kind, Who: who, Text: text})
}

// note tells what happened to an agent.
func (a *agent) note(kind, format string, args ...any) {
	a.browser.note(kind, a.String(), format, args...)
	if a.client != nil {
		a.browser.trace[len(a.browser.trace)-1].tab = a.client.window()
	}
}

// tail is the last n events as text.
func (b *Browser) tail(n int) string {
	var s strings.Builder
	for _, e := range b.trace[max(0, len(b.trace)-n):] {
		s.WriteString(e.String() + "\n")
	}
	return strings.TrimSuffix(s.String(), "\n")
}

// Console is what scripts wrote to the console and threw without catching it.
func (b *Browser) Console() []Event {
	var lines []Event
	for _, e := range b.trace {
		if e.Kind == "console" || e.Kind == "exception" || e.Kind == "warning" {
			lines = append(lines, e)
		}
	}
	return lines
}
