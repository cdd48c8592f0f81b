package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/tailscale/hujson"
)

// HeaderRule asks for headers on the answers for some paths of a site.
type HeaderRule struct {
	// Path is a path in the site; one that ends with * is all paths that begin
	// so.
	Path    string
	Headers [][2]string
}

// ErrNoHeaders is the answer of hosts that let nobody set headers.
var ErrNoHeaders = errors.New("the host lets nobody set headers")

// HeadersFile is the file that a host reads header rules from, "" when they
// are not in a file of the site or of its project. inSite: it is uploaded
// with the site.
func (h *Host) HeadersFile() (name string, inSite bool) {
	switch format := h.format(); format {
	case formatStar:
		return "_headers", true
	case formatVercel:
		return "vercel.json", false
	case formatFirebase:
		return "firebase.json", false
	case formatAzure:
		return "staticwebapp.config.json", false
	case formatApache:
		return ".htaccess", true
	}
	return "", false
}

// format is how a host wants to be told about headers.
type format int

const (
	formatNone format = iota
	formatStar
	formatVercel
	formatFirebase
	formatAzure
	formatRender
	formatNginx
	formatApache
	formatS3
)

func (h *Host) format() format {
	for prefix, f := range map[string]format{
		"netlify": formatStar, "cloudflare": formatStar, "vercel": formatVercel, "firebase": formatFirebase, "azure": formatAzure,
		"render": formatRender, "nginx": formatNginx, "apache": formatApache, "s3": formatS3,
	} {
		if strings.HasPrefix(h.ID, prefix) {
			return f
		}
	}
	return formatNone
}

// HeaderBlock is what a host has to be told, in the form that it reads.
// ErrNoHeaders when it reads none.
func (h *Host) HeaderBlock(rules []HeaderRule) (string, error) {
	var b strings.Builder
	switch h.format() {
	case formatNone:
		return "", fmt.Errorf("%s: %w", h.Name, ErrNoHeaders)
	case formatStar:
		for _, r := range rules {
			fmt.Fprintf(&b, "%s\n", h.escapeStar(r.Path))
			for _, pair := range r.Headers {
				fmt.Fprintf(&b, "  %s: %s\n", pair[0], pair[1])
			}
		}
	case formatNginx:
		for _, r := range rules {
			location := "= " + quoted(h.Base+r.Path)
			if prefix, ok := strings.CutSuffix(r.Path, "*"); ok {
				location = quoted(h.Base + prefix)
			}
			fmt.Fprintf(&b, "location %s {\n", location)
			for _, pair := range r.Headers {
				fmt.Fprintf(&b, "    add_header %s %q;\n", pair[0], pair[1])
			}
			b.WriteString("}\n")
		}
	case formatApache:
		b.WriteString("<IfModule mod_headers.c>\n")
		for _, r := range rules {
			pattern := "^" + regexp.QuoteMeta(h.Base+strings.TrimSuffix(r.Path, "*"))
			if !strings.HasSuffix(r.Path, "*") {
				pattern += "$"
			}
			for _, pair := range r.Headers {
				fmt.Fprintf(&b, "    Header set %s %q \"expr=%%{REQUEST_URI} =~ m#%s#\"\n", pair[0], pair[1], strings.ReplaceAll(pattern, "#", `\#`))
			}
		}
		b.WriteString("</IfModule>\n")
	case formatS3:
		for _, r := range rules {
			for _, pair := range r.Headers {
				if pair[0] != "Cache-Control" {
					continue // S3 keeps no others of these
				}
				path := shellQuoted(strings.TrimSuffix(r.Path, "*"))
				recursive := ""
				if strings.HasSuffix(r.Path, "*") {
					recursive = " --recursive"
				}
				fmt.Fprintf(&b, "aws s3 cp s3://BUCKET/%s s3://BUCKET/%s%s --metadata-directive REPLACE --cache-control %s\n", path, path, recursive, shellQuoted(pair[1]))
			}
		}
	case formatRender:
		b.WriteString("headers:\n")
		for _, r := range rules {
			for _, pair := range r.Headers {
				fmt.Fprintf(&b, "  - path: %q\n    name: %s\n    value: %q\n", h.Base+r.Path, pair[0], pair[1])
			}
		}
	default:
		return indented(h.headerObjects(rules)), nil
	}
	return b.String(), nil
}

// escapeStar is a path as _headers has it: percent-encoded but for the star.
func (h *Host) escapeStar(path string) string {
	prefix, star := strings.CutSuffix(path, "*")
	if star {
		return h.escape(prefix) + "*"
	}
	return h.escape(path)
}

func quoted(path string) string {
	if strings.ContainsAny(path, " {};\"'\\#") {
		return fmt.Sprintf("%q", path)
	}
	return path
}

// shellQuoted is a text that POSIX shells take as it is.
func shellQuoted(text string) string {
	if regexp.MustCompile(`^[\w./@:+-]*$`).MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func indented(value any) string {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		panic(err) // its types cannot fail
	}
	return string(text) + "\n"
}

type keyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// headerObjects are rules as the JSON of Vercel, Firebase or Azure has them.
func (h *Host) headerObjects(rules []HeaderRule) any {
	var list []any
	for _, r := range rules {
		prefix, star := strings.CutSuffix(r.Path, "*")
		source := h.escape(prefix)
		var pairs []keyValue
		byName := make(map[string]string)
		for _, pair := range r.Headers {
			pairs = append(pairs, keyValue{pair[0], pair[1]})
			byName[pair[0]] = pair[1]
		}
		if h.format() == formatAzure {
			if star {
				source += "*"
			}
			list = append(list, map[string]any{"route": source, "headers": byName})
			continue
		}
		if star && h.format() == formatVercel {
			source += "(.*)"
		} else if star {
			source += "**"
		}
		list = append(list, struct {
			Source  string     `json:"source"`
			Headers []keyValue `json:"headers"`
		}{source, pairs})
	}
	if h.format() == formatAzure {
		return map[string]any{"routes": list}
	}
	if h.format() == formatFirebase {
		return map[string]any{"hosting": map[string]any{"headers": list}}
	}
	return map[string]any{"headers": list}
}

// The lines around what swgen has written into a file of other rules.
const begin, end = "# swgen headers: begin", "# swgen headers: end"

// MergeHeaders puts rules into the text of HeadersFile, which is "" when there
// is none yet: in the place of those that were put there before, or at the
// end. What else it holds stays as it is.
func (h *Host) MergeHeaders(text string, rules []HeaderRule) (string, error) {
	block, err := h.HeaderBlock(rules)
	if err != nil {
		return "", err
	}
	switch h.format() {
	case formatStar, formatApache:
		before, rest, found := strings.Cut(text, begin+"\n")
		_, after, closed := strings.Cut(rest, end+"\n")
		if found && !closed {
			return "", fmt.Errorf("the line %q is there, and %q is missing", begin, end)
		}
		if !found && before != "" && !strings.HasSuffix(before, "\n") {
			before += "\n"
		}
		return before + begin + "\n" + block + end + "\n" + after, nil
	case formatVercel, formatFirebase, formatAzure:
		return h.mergeJSON(text, rules)
	}
	return "", fmt.Errorf("%s reads no file of header rules that could be changed here", h.Name)
}

// mergeJSON adds the rules that are missing, and leaves the rest of the text
// as it is written.
func (h *Host) mergeJSON(text string, rules []HeaderRule) (string, error) {
	if strings.TrimSpace(text) == "" {
		return indented(h.headerObjects(rules)), nil
	}
	value, err := hujson.Parse([]byte(text))
	if err != nil {
		return "", err
	}
	at := map[format]string{formatVercel: "/headers", formatFirebase: "/hosting/headers", formatAzure: "/routes"}[h.format()]
	list, err := json.Marshal(h.headerObjects(rules))
	if err != nil {
		return "", err
	}
	wanted, err := hujson.Parse(list)
	if err != nil {
		return "", err
	}
	if value.Find(at) == nil {
		return h.patched(&value, fmt.Sprintf(`[{"op": "add", "path": %q, "value": %s}]`, at, wanted.Find(at).Pack()))
	}
	have, ok := value.Find(at).Value.(*hujson.Array)
	if !ok {
		return "", fmt.Errorf("%s is no list", at)
	}
	for _, rule := range wanted.Find(at).Value.(*hujson.Array).Elements {
		rule.Minimize()
		known := false
		for _, other := range have.Elements {
			other = other.Clone()
			other.Minimize()
			known = known || string(other.Pack()) == string(rule.Pack())
		}
		if !known {
			if text, err = h.patched(&value, fmt.Sprintf(`[{"op": "add", "path": "%s/-", "value": %s}]`, at, rule.Pack())); err != nil {
				return "", err
			}
		}
	}
	return text, nil
}

func (h *Host) patched(value *hujson.Value, patch string) (string, error) {
	if err := value.Patch([]byte(patch)); err != nil {
		return "", err
	}
	return string(value.Pack()), nil
}
