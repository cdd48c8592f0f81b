// Package scenario knows one file format for stories about service workers:
// what is served, what a visitor does, and the transcript of what came of it.
// The same story is played in any browser that a Player drives, and two
// transcripts are compared as text. It knows no browser.
//
// A file is a story and, after it, the files of a site:
//
//	# What it shows, and why.
//
//	open a /
//	    200 from network text/html "Home"
//	register a sw.js
//	    registered /
//
//	-- index.html --
//	<h1>Home</h1>
//	-- v1/sw.js --
//	< cache-control: max-age=60
//	onfetch = () => {}
//
// A line of the story is a command (see Play); the lines below it that begin
// with four spaces are the transcript. A file whose first directory is v1, v2
// ... belongs to that version of the site alone. Lines that begin with "< "
// at the head of a file are headers of its response; "status" and "delay" are
// not sent but obeyed, "hidden" leaves its requests out of the transcript.
package scenario

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Scenario is a story with the site that it happens on.
type Scenario struct {
	// Name is the file's, without its extension.
	Name string
	// Differs says, by the name of a player, why its transcript is not that of
	// the file: the lines "differs NAME: REASON" of the comment.
	Differs map[string]string

	steps []step
	tail  []string // comments after the last step
	files []file
	text  string // of the files, as they were written
}

// step is a command and what came of it.
type step struct {
	before  []string // comments and empty lines
	line    int
	command string
	want    []string
}

// file is a file of the site: its text with the lines of its headers.
type file struct {
	name, text string
}

const indent = "    "

var (
	marker = regexp.MustCompile(`^-- (\S+) --$`)
	differ = regexp.MustCompile(`^# differs (\w+): (.+)$`)
)

// Load reads the scenarios of a directory, the files named *.txt, by name.
func Load(dir fs.FS) ([]*Scenario, error) {
	names, err := fs.Glob(dir, "*.txt")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var list []*Scenario
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(path.Base(name), ".txt"), string(text))
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// Parse reads a scenario.
func Parse(name, text string) (*Scenario, error) {
	s := &Scenario{Name: name, Differs: make(map[string]string)}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\n")
		if marker.MatchString(line) {
			s.text = strings.Join(lines[i:], "")
			s.files = split(lines[i:])
			break
		}
		if err := s.add(i+1, line); err != nil {
			return nil, fmt.Errorf("%s.txt:%d: %w", name, i+1, err)
		}
	}
	for len(s.tail) > 0 && s.tail[len(s.tail)-1] == "" {
		s.tail = s.tail[:len(s.tail)-1]
	}
	if n := len(s.steps); n == 0 || s.steps[n-1].command != "end" {
		s.steps = append(s.steps, step{line: len(lines), command: "end", before: s.tail})
		s.tail = nil
	}
	return s, nil
}

// add takes a line of the story.
func (s *Scenario) add(number int, line string) error {
	if want, ok := strings.CutPrefix(line, indent); ok {
		if len(s.steps) == 0 || len(s.tail) > 0 {
			return fmt.Errorf("a transcript without a command: %q", line)
		}
		last := &s.steps[len(s.steps)-1]
		last.want = append(last.want, want)
		return nil
	}
	if m := differ.FindStringSubmatch(line); m != nil {
		s.Differs[m[1]] = m[2]
	}
	if line == "" || line[0] == '#' {
		s.tail = append(s.tail, line)
		return nil
	}
	s.steps = append(s.steps, step{before: s.tail, line: number, command: strings.TrimSpace(line)})
	s.tail = nil
	return nil
}

// split takes the files apart.
func split(lines []string) []file {
	var files []file
	for _, line := range lines {
		if m := marker.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			files = append(files, file{name: m[1]})
		} else if last := &files[len(files)-1]; true {
			last.text += line
		}
	}
	return files
}

// Alone says whether the story needs a browser of its own: it stops workers,
// which browsers do for all origins at once, or sets cookies, which know no
// ports.
func (s *Scenario) Alone() bool {
	return strings.Contains(s.text, "\n< set-cookie:") ||
		slices.ContainsFunc(s.steps, func(st step) bool { return strings.Fields(st.command)[0] == "kill" })
}

// Transcript is what came of each step of a scenario, in lines.
type Transcript [][]string

// Want is the transcript that the file holds.
func (s *Scenario) Want() Transcript {
	var t Transcript
	for _, st := range s.steps {
		t = append(t, st.want)
	}
	return t
}

// Format is the file with another transcript.
func (s *Scenario) Format(t Transcript) string {
	var b strings.Builder
	for i, st := range s.steps {
		for _, line := range st.before {
			b.WriteString(line + "\n")
		}
		b.WriteString(st.command + "\n")
		for _, line := range t[i] {
			b.WriteString(indent + line + "\n")
		}
	}
	for _, line := range s.tail {
		b.WriteString(line + "\n")
	}
	if s.text != "" {
		b.WriteString("\n" + s.text)
	}
	return b.String()
}

// Diff tells where two transcripts of the scenario part: each step that came
// out differently, with what is missing (-) and what is new (+). It is empty
// when they are equal.
func (s *Scenario) Diff(want, got Transcript) string {
	var b strings.Builder
	for i := range max(len(want), len(got)) {
		st := s.steps[i]
		var w, g []string
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if slices.Equal(w, g) {
			continue
		}
		fmt.Fprintf(&b, "%s.txt:%d: %s\n", s.Name, st.line, st.command)
		for _, line := range w {
			if !slices.Contains(g, line) {
				fmt.Fprintf(&b, "  - %s\n", line)
			}
		}
		for _, line := range g {
			if !slices.Contains(w, line) {
				fmt.Fprintf(&b, "  + %s\n", line)
			}
		}
		if slices.Equal(slices.Sorted(slices.Values(w)), slices.Sorted(slices.Values(g))) {
			fmt.Fprintf(&b, "  in another order: %q\n", g)
		}
	}
	return b.String()
}
