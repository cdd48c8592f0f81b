package host

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var vercelFiles = []configFile{{"vercel.json", false, (*reader).vercel}}

// vercel reads vercel.json:
// https://vercel.com/docs/project-configuration/vercel-json.
func (r *reader) vercel(text []byte) error {
	var file struct {
		CleanURLs     *bool `json:"cleanUrls"`
		TrailingSlash *bool `json:"trailingSlash"`
		Redirects     []struct {
			Source, Destination string
			Permanent           *bool
			StatusCode          int
			Has, Missing        []any
		}
		Rewrites []struct {
			Source, Destination string
			Has, Missing        []any
		}
		Headers []struct {
			Source       string
			Has, Missing []any
			Headers      []struct{ Key, Value string }
		}
		Routes []any
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("it is not JSON that Vercel understands: %w", err)
	}
	r.slashes("vercel", file.CleanURLs, file.TrailingSlash)
	if len(file.Routes) > 0 {
		r.warn(0, "routes, the former way to configure Vercel, are not understood")
	}
	for _, f := range file.Redirects {
		status := 307
		if f.Permanent == nil || *f.Permanent {
			status = 308
		}
		if f.StatusCode != 0 {
			status = f.StatusCode
		}
		r.rule(f.Source, len(f.Has)+len(f.Missing), pathPattern, redirect{to: pathTarget(f.Destination), status: status, force: true})
	}
	for _, f := range file.Rewrites {
		r.rule(f.Source, len(f.Has)+len(f.Missing), pathPattern, redirect{to: pathTarget(f.Destination), status: 200})
	}
	for _, f := range file.Headers {
		var set [][2]string
		for _, h := range f.Headers {
			set = append(set, [2]string{h.Key, h.Value})
		}
		if len(f.Has)+len(f.Missing) == 0 {
			r.headersFor(f.Source, pathPattern, set)
		}
	}
	return nil
}

// slashes chooses among the profiles of a host by two settings that several
// have. What is not set stays as it is.
func (r *reader) slashes(host string, clean, slash *bool) {
	id := host
	if clean == nil && strings.Contains(r.ID, "-clean") || clean != nil && *clean {
		id += "-clean"
	}
	switch {
	case slash == nil && strings.HasSuffix(r.ID, "-no-slash"), slash != nil && !*slash:
		id += "-no-slash"
	case slash == nil && strings.HasSuffix(r.ID, "-slash"), slash != nil && *slash:
		id += "-slash"
	}
	r.variant(id)
}

// rule adds a redirect or a rewrite, unless it has conditions.
func (r *reader) rule(source string, conditions int, pattern func(string) (*regexp.Regexp, error), rule redirect) {
	if conditions > 0 {
		r.note(0, "the rule for %s depends on the request", source)
		return
	}
	match, err := pattern(decoded(source))
	if err != nil {
		r.warn(0, "the rule for %s is not understood: %v", source, err)
		return
	}
	rule.match, rule.from = match, r.name+": "+source
	r.redirect(rule)
}

func (r *reader) headersFor(source string, pattern func(string) (*regexp.Regexp, error), set [][2]string) {
	match, err := pattern(decoded(source))
	if err != nil {
		r.warn(0, "the headers for %s are not understood: %v", source, err)
		return
	}
	r.header(headerRule{match: match, set: set, from: r.name + ": " + source})
}

var firebaseFiles = []configFile{{"firebase.json", false, (*reader).firebase}}

// firebaseHosting is hosting in firebase.json.
type firebaseHosting struct {
	Ignore        *[]string
	CleanURLs     *bool `json:"cleanUrls"`
	TrailingSlash *bool `json:"trailingSlash"`
	Redirects     []struct {
		Source, Regex, Destination string
		Type                       int
	}
	Rewrites []struct{ Source, Regex, Destination string }
	Headers  []struct {
		Source, Regex string
		Headers       []struct{ Key, Value string }
	}
}

// firebase reads firebase.json:
// https://firebase.google.com/docs/hosting/full-config.
func (r *reader) firebase(text []byte) error {
	var file struct{ Hosting json.RawMessage }
	err := json.Unmarshal(text, &file)
	if err != nil || file.Hosting == nil {
		return err
	}
	var hosting firebaseHosting
	if strings.HasPrefix(strings.TrimSpace(string(file.Hosting)), "[") {
		var several []firebaseHosting
		if err = json.Unmarshal(file.Hosting, &several); err == nil && len(several) > 0 {
			hosting = several[0]
		}
		if len(several) > 1 {
			r.warn(0, "hosting has %d sites, and the first is taken", len(several))
		}
	} else {
		err = json.Unmarshal(file.Hosting, &hosting)
	}
	if err != nil {
		return fmt.Errorf("it is not JSON that Firebase understands: %w", err)
	}
	r.slashes("firebase", hosting.CleanURLs, hosting.TrailingSlash)
	if hosting.Ignore != nil {
		r.Drops = nil
		for _, pattern := range *hosting.Ignore {
			r.Drops = append(r.Drops, Drop{Pattern: pattern, Why: "hosting.ignore of firebase.json leaves it out"})
		}
	}
	for _, f := range hosting.Redirects {
		status := f.Type
		if status == 0 {
			status = 301
		}
		r.firebaseRule(f.Source, f.Regex, redirect{to: pathTarget(f.Destination), status: status, force: true})
	}
	for _, f := range hosting.Rewrites {
		r.firebaseRule(f.Source, f.Regex, redirect{to: pathTarget(f.Destination), status: 200})
	}
	for _, f := range hosting.Headers {
		var set [][2]string
		for _, h := range f.Headers {
			set = append(set, [2]string{h.Key, h.Value})
		}
		source, pattern := firebasePattern(f.Source, f.Regex)
		r.headersFor(source, pattern, set)
	}
	return nil
}

func (r *reader) firebaseRule(source, regex string, rule redirect) {
	if rule.to == "" {
		r.note(0, "the rule for %s leads to what is no file", source+regex)
		return
	}
	source, pattern := firebasePattern(source, regex)
	r.rule(source, 0, pattern, rule)
}

// firebasePattern is the pattern that a rule has in one of two forms.
func firebasePattern(source, regex string) (string, func(string) (*regexp.Regexp, error)) {
	if source != "" {
		return source, globPattern
	}
	return regex, regexp.Compile
}

var azureFiles = []configFile{{"staticwebapp.config.json", false, (*reader).azure}}

// azure reads staticwebapp.config.json:
// https://learn.microsoft.com/azure/static-web-apps/configuration.
func (r *reader) azure(text []byte) error {
	var file struct {
		TrailingSlash string
		Routes        []struct {
			Route, Redirect, Rewrite string
			StatusCode               int
			AllowedRoles             []string
			Methods                  []string
			Headers                  map[string]string
		}
		NavigationFallback struct {
			Rewrite string
			Exclude []string
		}
		ResponseOverrides map[string]struct {
			Rewrite    string
			StatusCode int
		}
		GlobalHeaders map[string]string
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("it is not JSON that Azure understands: %w", err)
	}
	switch file.TrailingSlash {
	case "always":
		r.variant("azure-slash")
	case "never":
		r.variant("azure-no-slash")
	}
	if len(file.GlobalHeaders) > 0 {
		r.headersFor("/*", azurePattern, pairs(file.GlobalHeaders))
	}
	for _, f := range file.Routes {
		status := f.StatusCode
		switch {
		case len(f.AllowedRoles) > 0:
			r.note(0, "the rule for %s depends on the visitor", f.Route)
			continue
		case f.Redirect != "" && status == 0:
			status = 302
		case f.Rewrite != "" && status == 0:
			status = 200
		}
		if to := f.Redirect + f.Rewrite; to != "" {
			r.rule(f.Route, 0, azurePattern, redirect{to: strings.ReplaceAll(to, "$", "$$"), status: status, force: true})
		}
		if len(f.Headers) > 0 {
			r.headersFor(f.Route, azurePattern, pairs(f.Headers))
		}
	}
	r.azureFallbacks(file.NavigationFallback.Rewrite, file.NavigationFallback.Exclude)
	if page := file.ResponseOverrides["404"]; page.Rewrite != "" {
		status := page.StatusCode
		if status == 0 {
			status = 404
		}
		r.rule("/*", 0, azurePattern, redirect{to: strings.ReplaceAll(page.Rewrite, "$", "$$"), status: status})
	}
	return nil
}

// azureFallbacks adds what is shown for paths without a file, but for those
// that are excluded.
func (r *reader) azureFallbacks(to string, exclude []string) {
	if to == "" {
		return
	}
	for _, pattern := range exclude {
		match, err := azurePattern(pattern)
		if err != nil {
			r.warn(0, "navigationFallback.exclude: %v", err)
			continue
		}
		r.redirect(redirect{match: match, status: 404, from: r.name + ": navigationFallback.exclude"})
	}
	r.rule("/*", 0, azurePattern, redirect{to: strings.ReplaceAll(to, "$", "$$"), status: 200})
}

func pairs(m map[string]string) [][2]string {
	var list [][2]string
	for name, value := range m {
		list = append(list, [2]string{name, value})
	}
	return list
}

// decoded undoes percent-encodings, as far as they are right.
func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
