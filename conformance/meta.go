package main

import (
	"bufio"
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// meta is what the `// META:` lines at the head of a test say about how it is
// to be run. The lines about scripts and title are the server's, which writes
// the worker script.
type meta struct {
	Globals  []string // realms, spelled out: "window", "serviceworker", …
	Variants []string // queries to run the test with; one empty one when none is given
	Long     bool     // the test needs the longer time limit
}

var metaLine = regexp.MustCompile(`^//\s*META:\s*(\w*)=(.*?)\s*$`)

// longhand spells out the only name that stands for several worker realms.
var longhand = map[string][]string{"worker": {"dedicatedworker", "sharedworker", "serviceworker"}}

// parseMeta reads the META lines, which end at the first line that is not one.
func parseMeta(script []byte) meta {
	var m meta
	global := ""
	lines := bufio.NewScanner(bytes.NewReader(script))
	for lines.Scan() {
		parts := metaLine.FindStringSubmatch(lines.Text())
		if parts == nil {
			break
		}
		switch key, value := parts[1], parts[2]; key {
		case "global":
			global = value
		case "variant":
			m.Variants = append(m.Variants, value)
		case "timeout":
			m.Long = value == "long"
		}
	}
	m.Globals = parseGlobals(global)
	if m.Variants == nil {
		m.Variants = []string{""}
	}
	return m
}

func parseGlobals(value string) []string {
	if value == "" {
		return []string{"window", "dedicatedworker"}
	}
	var globals []string
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if names, ok := longhand[name]; ok {
			globals = append(globals, names...)
		} else {
			globals = append(globals, name)
		}
	}
	return globals
}

// What a test can need that the runtime does not have.
const (
	needsPage  = "a page"
	needsRealm = "another realm" // a shared worker or a ShadowRealm
)

// realm chooses where to run a test that may run in any of the globals: in a
// service worker, for that is what the runtime is about, else in a dedicated
// one. Otherwise it says what the test would need.
func realm(globals []string) (global, needs string) {
	for _, global := range []string{serviceWorker, serviceWorkerModule, dedicatedWorker, dedicatedWorkerModule} {
		if slices.Contains(globals, global) {
			return global, ""
		}
	}
	if slices.ContainsFunc(globals, func(g string) bool { return strings.HasPrefix(g, "window") }) {
		return "", needsPage
	}
	return "", needsRealm
}
