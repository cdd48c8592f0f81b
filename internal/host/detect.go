package host

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Found is a host that a project seems to be deployed to.
type Found struct {
	ID string
	// From is the file that says so, relative to the project.
	From string
}

// Detect looks for the files that configure hosts, and for workflows that
// deploy to one. A project with files of several hosts has several.
func Detect(project fs.FS) []Found {
	var found []Found
	add := func(id, from string) {
		if !slices.ContainsFunc(found, func(f Found) bool { return f.ID == id }) {
			found = append(found, Found{id, from})
		}
	}
	for _, marker := range []struct{ file, id, holds string }{
		{"netlify.toml", "netlify", ""},
		{"vercel.json", "vercel", ""},
		{"firebase.json", "firebase", "hosting"},
		{"staticwebapp.config.json", "azure-static-web-apps", ""},
		{"wrangler.toml", "cloudflare-pages", "pages_build_output_dir"},
		{"wrangler.json", "cloudflare-pages", "pages_build_output_dir"},
		{"wrangler.jsonc", "cloudflare-pages", "pages_build_output_dir"},
		{"wrangler.toml", "cloudflare-workers", "assets"},
		{"wrangler.json", "cloudflare-workers", "assets"},
		{"wrangler.jsonc", "cloudflare-workers", "assets"},
		{"render.yaml", "render", "static"},
	} {
		text, err := fs.ReadFile(project, marker.file)
		pages := slices.ContainsFunc(found, func(f Found) bool { return f.From == marker.file })
		if err == nil && strings.Contains(string(text), marker.holds) && !pages {
			add(marker.id, marker.file)
		}
	}
	workflows, err := fs.ReadDir(project, ".github/workflows")
	if err != nil {
		return found
	}
	for _, w := range workflows {
		name := path.Join(".github/workflows", w.Name())
		text, err := fs.ReadFile(project, name)
		if err != nil {
			continue
		}
		for _, action := range []struct{ uses, id string }{
			{"actions/deploy-pages", "github-pages"},
			{"peaceiris/actions-gh-pages", "github-pages"},
			{"JamesIves/github-pages-deploy-action", "github-pages"},
			{"cloudflare/pages-action", "cloudflare-pages"},
			{"FirebaseExtended/action-hosting-deploy", "firebase"},
			{"Azure/static-web-apps-deploy", "azure-static-web-apps"},
		} {
			if strings.Contains(string(text), action.uses+"@") {
				add(action.id, name)
			}
		}
	}
	return found
}
