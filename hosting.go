package swgen

import (
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/detect"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/strategies"
)

// genericHost is what every static host does alike: the default when nothing
// says where a site is deployed.
const genericHost = "generic"

// chooseHost takes the host that the configuration names, or the one that the
// project is evidently deployed to.
func (b *build) chooseHost() error {
	id, from := b.config.Host, "host"
	if id == "" {
		id, from = genericHost, ""
		if b.config.Project != nil {
			found := host.Detect(b.config.Project)
			if len(found) == 1 {
				id, from = found[0].ID, found[0].From
			}
			if len(found) > 1 {
				b.severalHosts(found)
			}
		}
	}
	if _, err := host.ByID(id); err != nil {
		b.Findings = append(b.Findings, Finding{ID: "bad-value", Severity: finding.Error, Path: "host", Message: err.Error(), Hint: "leave it out to have it found"})
		id = genericHost
	}
	var err error
	b.host, err = host.New(id, host.Options{Base: b.Found.Base, Site: b.overlay, Project: b.config.Project, Has: b.has})
	if err != nil {
		return err
	}
	b.Found.Host, b.Found.HostFrom = b.host.ID, from
	b.Findings = append(b.Findings, b.host.Findings...)
	return nil
}

func (b *build) severalHosts(found []host.Found) {
	var files []string
	for _, f := range found {
		files = append(files, fmt.Sprintf("%s (%s)", f.ID, f.From))
	}
	b.Findings = append(b.Findings, Finding{
		ID: "several-hosts", Severity: finding.Note, Path: "host",
		Message: "the project has configurations of several hosts: " + strings.Join(files, ", "),
		Hint:    "set host, and the worker answers addresses as that host does",
	})
}

// has says whether the site as it is deployed has a file.
func (b *build) has(name string) bool {
	return isFile(b.overlay, name) || name == b.places.script && b.script != nil
}

// page gives pages the addresses that the host has for them.
func (b *build) page() func(name string) (string, bool) {
	if b.host.ID == genericHost {
		return nil
	}
	return b.host.Page
}

// spellings are those of the host, nil when they are those of all.
func (b *build) spellings() (list []strategies.Spelling) {
	if b.host.ID == genericHost {
		return nil
	}
	for _, s := range b.host.Spellings() {
		if spelling := strategies.Spelling(s); !slices.Contains(list, spelling) {
			list = append(list, spelling)
		}
	}
	return list
}

// checkHost asks the host for what is to be precached: a file that it does not
// serve, or another one in its place, would make every install fail.
func (b *build) checkHost() {
	told := make(map[string]bool)
	tell := func(severity finding.Severity, kind, path, message, hint string) {
		if !told[kind] {
			told[kind] = true
			b.Findings = append(b.Findings, Finding{ID: "host", Severity: severity, Path: path, Message: message, Hint: hint})
		}
	}
	for _, e := range b.Manifest.Entries {
		if e.Path == "" || e.Unverified {
			continue
		}
		if d, dropped := b.host.Dropped(e.Path); dropped && d.If == "" {
			tell(finding.Error, d.Pattern, e.Path, fmt.Sprintf("%s does not serve it: %s", b.host.Name, d.Why), "exclude it, or no visitor can install the worker")
			continue
		} else if dropped {
			tell(finding.Warning, d.Pattern, e.Path, fmt.Sprintf("%s may not serve it and files like it: if %s, %s", b.host.Name, d.If, d.Why), "if that is so, exclude them, or no visitor can install the worker")
		}
		switch a := b.host.Answer(e.URL); {
		case a.Rule == "":
		case a.Redirects():
			tell(finding.Error, a.Rule, e.URL, fmt.Sprintf("%s redirects it to %s, by %s", b.host.Name, a.Location, a.Rule), "exclude the file, or remove the rule: what is precached must be answered by itself")
		case a.File != e.Path:
			tell(finding.Warning, a.Rule, e.URL, fmt.Sprintf("%s answers it with %s, by %s", b.host.Name, orElse(a.File, "what is no file of the site"), a.Rule), "exclude the file, or remove the rule")
		}
	}
}

// Handler answers for a site with the outputs of a build in it, under its base
// path, as its host does.
func (r *Result) Handler(site fs.FS) http.Handler { return r.serve(r.deployed(site)) }

// serve answers for files as the host does.
func (r *Result) serve(files fs.FS) http.Handler { return r.hosted(files).Handler(files) }

// hosted is the host with other files.
func (r *Result) hosted(files fs.FS) *host.Host {
	h, err := host.New(r.Found.Host, host.Options{Base: r.Found.Base, Site: files, Project: r.project, Has: func(name string) bool { return isFile(files, name) }})
	if err != nil {
		panic(err) // the build had the same one
	}
	return h
}

// deployed is a site with the outputs of a build in it.
func (r *Result) deployed(site fs.FS) fs.FS {
	files := make(verify.Overlaid, len(r.Outputs))
	for _, output := range r.Outputs {
		files[output.Path] = output.Content
	}
	return verify.Overlay(site, files)
}

func isFile(files fs.FS, name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(files, name)
	return err == nil && info.Mode().IsRegular()
}

// HeaderRules are the caching headers that a site with a worker wants, and the
// base path that it is deployed under: the worker's file is asked for each
// time, and what never changes under its name is kept. site may be nil.
func HeaderRules(site fs.FS, config Config) (rules []host.HeaderRule, base string, err error) {
	cache := func(path, value string) host.HeaderRule {
		return host.HeaderRule{Path: path, Headers: [][2]string{{"Cache-Control", value}}}
	}
	rules = []host.HeaderRule{cache(orElse(config.Worker, defaultWorker), "no-cache")}
	base = config.base()
	if site == nil {
		return rules, base, nil
	}
	if config.Base == "" {
		base = detect.Site(site).Base
	}
	names, err := fileNames(site)
	for _, dir := range detect.Immutable(names) {
		rules = append(rules, cache(dir+"*", "public, max-age=31536000, immutable"))
	}
	return rules, base, err
}

// fileNames lists the files of a site.
func fileNames(site fs.FS) (names []string, err error) {
	err = fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}
