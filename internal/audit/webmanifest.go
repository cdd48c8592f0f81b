package audit

import (
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/page"
)

// scanManifest reads a web app manifest: https://www.w3.org/TR/appmanifest/.
func (s *Site) scanManifest(n *node, content []byte) {
	values, line, err := readJSON(string(content))
	if err != nil {
		n.fault("malformed", line, "web app manifest: "+err.Error())
		return // a browser ignores it as a whole
	}
	var start, scope value
	largest, any := 0, false
	for _, v := range values {
		keys := strings.Split(v.path, "/")[1:]
		switch last := keys[len(keys)-1]; {
		case v.path == "/start_url":
			start = v
		case v.path == "/scope":
			scope = v
		case last == "src" && keys[0] == "screenshots":
			s.linkManifest(n, v, page.Image)
		case last == "src" && len(keys) >= 3 && keys[len(keys)-3] == "icons":
			s.linkManifest(n, v, page.Icon)
		case last == "url" && keys[0] == "shortcuts":
			s.enterAt(n, "a shortcut", v)
		case last == "sizes" && keys[0] == "icons" && len(keys) == 3:
			size, isAny := iconSize(v.text)
			largest, any = max(largest, size), any || isAny
		}
	}
	if largest < 512 && !any {
		n.fault("manifest-icons", 0, "no icon of 512 pixels, which browsers ask of what they install")
	}
	s.judgeStart(n, start, scope)
}

func (s *Site) linkManifest(n *node, v value, kind page.Kind) {
	s.link(n, edge{written: v.text, kind: kind, weight: Soft, line: int32(v.line)}, n.base)
}

// iconSize is the largest width in a list of sizes such as "48x48 96x96 any".
func iconSize(sizes string) (largest int, any bool) {
	for _, size := range strings.Fields(strings.ToLower(sizes)) {
		if size == "any" {
			any = true
		}
		width, _, _ := strings.Cut(size, "x")
		if n, err := strconv.Atoi(width); err == nil {
			largest = max(largest, n)
		}
	}
	return largest, any
}

// judgeStart checks that the start page is there and within the scope.
func (s *Site) judgeStart(n *node, start, scope value) {
	if start.text == "" {
		return // the page that installs it is its start
	}
	s.enterAt(n, "start_url", start)
	t := s.resolve(start.text, n.base)
	if t == nil {
		return
	}
	if t.leadFor(page.Frame) == External {
		n.fault("manifest-start", start.line, "start_url is of another origin, and is ignored")
		return
	}
	within := t.url[:strings.LastIndexByte(strings.SplitN(t.url, "?", 2)[0], '/')+1]
	if scope.text != "" {
		url, ok := s.absolute(scope.text, n.base)
		if !ok {
			return
		}
		within = url
	}
	if !strings.HasPrefix(t.url, within) {
		n.fault("manifest-start", start.line, "start_url "+t.url+" is not within the scope "+within)
	}
}

// scanRules reads speculation rules: the lists of URLs in them.
func (s *Site) scanRules(n *node, texts []page.Inline) {
	for _, inline := range texts {
		values, line, err := readJSON(inline.Text)
		if err != nil {
			n.fault("malformed", inline.Line+line-1, "speculation rules: "+err.Error())
			continue
		}
		for _, v := range values {
			keys := strings.Split(v.path, "/")
			if len(keys) == 5 && keys[3] == "urls" {
				s.link(n, edge{written: v.text, kind: page.Data, weight: Soft, line: int32(inline.Line + v.line - 1)}, n.base)
			}
		}
	}
}
