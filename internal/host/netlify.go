package host

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Netlify reads rules from three files, and those of the uploaded site first:
// https://docs.netlify.com/manage/routing/redirects/overview/. Cloudflare
// reads the same two formats with its own defaults:
// https://developers.cloudflare.com/pages/configuration/redirects/.
var (
	netlifyFiles = []configFile{
		{"_redirects", true, func(r *reader, text []byte) error { return r.redirects(text, 301, false) }},
		{"netlify.toml", false, (*reader).netlifyToml},
		{"_headers", true, (*reader).headers},
	}
	cloudflareFiles = []configFile{
		{"_redirects", true, func(r *reader, text []byte) error { return r.redirects(text, 302, true) }},
		{"_headers", true, (*reader).headers},
	}
)

// redirects reads a _redirects file. status is that of rules which name none;
// force: rules go before files.
func (r *reader) redirects(text []byte, status int, force bool) error {
	return r.lines(text, func(line int, text string) {
		fields := strings.Fields(text)
		rule := redirect{status: status, force: force, from: r.at(line)}
		to := -1
		for i, f := range fields[1:] {
			if strings.HasPrefix(f, "/") || strings.Contains(f, "://") {
				to = i + 1
				break
			}
		}
		if to < 0 {
			r.warn(line, "no target in %q", text)
			return
		}
		if to > 1 {
			r.note(line, "the rule depends on the query: %q", text)
			return
		}
		if rest := fields[to+1:]; len(rest) > 0 {
			number, forced := strings.CutSuffix(rest[0], "!")
			n, err := strconv.Atoi(number)
			if err != nil || len(rest) > 1 {
				r.note(line, "the rule depends on the visitor: %q", text)
				return
			}
			rule.status, rule.force = n, force || forced
		}
		var err error
		if rule.match, err = starPattern(decoded(fields[0])); err != nil {
			r.warn(line, "%v", err)
			return
		}
		rule.to = starTarget(fields[to])
		r.redirect(rule)
	})
}

// headers reads a _headers file: a path, and below it, indented, headers.
func (r *reader) headers(text []byte) error {
	var rule *headerRule
	finish := func() {
		if rule != nil && rule.match != nil {
			r.header(*rule)
		}
	}
	err := r.lines(text, func(line int, text string) {
		name, value, found := strings.Cut(text, ":")
		switch {
		case strings.HasPrefix(text, "/"), strings.HasPrefix(text, "https://"), strings.HasPrefix(text, "http://"):
			finish()
			rule = &headerRule{from: r.at(line)}
			match, err := starPattern(decoded(text))
			if err != nil {
				r.warn(line, "%v", err)
			}
			rule.match = match
		case rule == nil:
			r.warn(line, "a header without a path above it: %q", text)
		case strings.HasPrefix(text, "!"):
			rule.unset = append(rule.unset, strings.TrimSpace(text[1:]))
		case !found:
			r.warn(line, "neither a path nor a header: %q", text)
		default:
			rule.set = append(rule.set, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	})
	finish()
	return err
}

// lines goes through the lines that say something.
func (r *reader) lines(text []byte, each func(line int, text string)) error {
	scanner := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimSpace(scanner.Text())
		if i := strings.Index(line, " #"); i >= 0 {
			line = strings.TrimSpace(line[:i])
		}
		if line != "" && !strings.HasPrefix(line, "#") {
			each(n, line)
		}
	}
	return scanner.Err()
}

// netlifyToml reads netlify.toml.
func (r *reader) netlifyToml(text []byte) error {
	var file struct {
		Redirects []struct {
			From, To          string
			Status            int
			Force             bool
			Query, Conditions map[string]any
		}
		Headers []struct {
			For    string
			Values map[string]any
		}
		Build struct {
			Processing struct {
				HTML struct {
					PrettyURLs *bool `toml:"pretty_urls"`
				}
			}
		}
	}
	if err := toml.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("it is not TOML that Netlify understands: %w", err)
	}
	if pretty := file.Build.Processing.HTML.PrettyURLs; pretty != nil {
		r.variant(map[bool]string{true: "netlify", false: "netlify-plain"}[*pretty])
	}
	for _, f := range file.Redirects {
		if len(f.Query)+len(f.Conditions) > 0 {
			r.note(0, "the redirect of %s depends on the visitor", f.From)
			continue
		}
		rule := redirect{status: f.Status, force: f.Force, from: r.name, to: starTarget(f.To)}
		if rule.status == 0 {
			rule.status = 301
		}
		var err error
		if rule.match, err = starPattern(decoded(f.From)); err != nil {
			r.warn(0, "%v", err)
			continue
		}
		r.redirect(rule)
	}
	for _, f := range file.Headers {
		match, err := starPattern(decoded(f.For))
		if err != nil {
			r.warn(0, "%v", err)
			continue
		}
		rule := headerRule{match: match, from: r.name + ": " + f.For}
		for name, value := range f.Values {
			rule.set = append(rule.set, [2]string{name, fmt.Sprint(value)})
		}
		r.header(rule)
	}
	return nil
}
