package host

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/glob"
)

// Options are what a host is made for.
type Options struct {
	// Base is the URL path of the site, with a slash at both ends; "" is "/".
	Base string
	// Has says whether the site has a file.
	Has func(name string) bool
	// Site is where files of the site are read, Project the directory with the
	// sources of the site: hosts have their configuration in one or the other.
	// Either may be nil.
	Site, Project fs.FS
}

// New is a host with what a site configures. An unknown name is an error; a
// configuration that cannot be understood is a finding.
func New(id string, o Options) (*Host, error) {
	profile, err := ByID(id)
	if err != nil {
		return nil, err
	}
	h := &Host{Profile: profile, Base: o.Base, has: o.Has}
	if h.Base == "" {
		h.Base = "/"
	}
	for _, c := range configOf(id) {
		h.read(c, o)
	}
	for _, d := range h.Drops {
		if d.Unless != "" && h.has(d.Unless) {
			continue
		}
		pattern, err := glob.Compile(d.Pattern)
		if err != nil {
			return nil, fmt.Errorf("files that %s drops: %w", h.Name, err)
		}
		h.drops = append(h.drops, drop{pattern, d})
	}
	return h, nil
}

// configFile is a file that configures a host.
type configFile struct {
	name string
	// inSite: it is uploaded with the site; else it lies in the project.
	inSite bool
	read   func(*reader, []byte) error
}

// reader reads one file.
type reader struct {
	*Host
	name string
}

// read reads a configuration file if it is there. One that lies in the
// project may be part of the site, too.
func (h *Host) read(c configFile, o Options) {
	places := []fs.FS{o.Project, o.Site}
	if c.inSite {
		places = places[1:]
	}
	for _, place := range places {
		if place == nil {
			continue
		}
		content, err := fs.ReadFile(place, c.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		r := &reader{h, c.name}
		if err == nil {
			err = c.read(r, content)
		}
		if err != nil {
			r.warn(0, "%v", err)
		}
		return
	}
}

// warn says what is not understood; line 0 is the whole file.
func (r *reader) warn(line int, format string, args ...any) {
	r.Findings = append(r.Findings, finding.Finding{
		ID: "host-configuration", Severity: finding.Warning, Path: r.at(line),
		Message: fmt.Sprintf(format, args...),
		Hint:    "what it says is left out of account; check the addresses that it concerns on the host",
	})
}

// note says what is left out since it depends on the visitor.
func (r *reader) note(line int, format string, args ...any) {
	r.warn(line, format, args...)
	r.Findings[len(r.Findings)-1].Severity = finding.Note
}

func (r *reader) at(line int) string {
	if line == 0 {
		return r.name
	}
	return fmt.Sprintf("%s:%d", r.name, line)
}

// variant changes the profile to another one of the same host.
func (r *reader) variant(id string) {
	profile, err := ByID(id)
	if err != nil {
		panic(err) // the names are constants
	}
	r.Profile = profile
}

func (r *reader) redirect(rule redirect) {
	if rule.status < 200 || rule.status > 599 {
		r.warn(0, "%s: no host answers with status %d", rule.from, rule.status)
		return
	}
	r.rules.redirects = append(r.rules.redirects, rule)
}

func (r *reader) header(rule headerRule) { r.rules.headers = append(r.rules.headers, rule) }

// configOf lists the files that configure a host.
func configOf(id string) []configFile {
	for prefix, files := range map[string][]configFile{
		"netlify": netlifyFiles, "cloudflare-pages": cloudflareFiles, "cloudflare-workers": workersFiles,
		"vercel": vercelFiles, "firebase": firebaseFiles, "azure": azureFiles,
	} {
		if strings.HasPrefix(id, prefix) {
			return files
		}
	}
	return nil
}
