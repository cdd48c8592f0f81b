package host

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/suggest"
)

// Profile is how a host answers for a site that does not configure it.
type Profile struct {
	// ID is what options call it, such as "github-pages"; Name is its maker's.
	ID, Name string
	// Source says where the rules are written down or were measured, and Date
	// when that was read.
	Source, Date string
	// CacheControl is the header of its answers, "" for none.
	CacheControl string
	// Headers are others that it always sends.
	Headers [][2]string
	// Drops are the files that do not arrive at it, or that it does not serve.
	Drops []Drop
	// NotFound is what it says when there is nothing under a path.
	NotFound NotFound

	forms [formCount]verdict
	// fileFirst: when both x.html and x/index.html are there, the first decides
	// about x and x/; otherwise each decides about its own.
	fileFirst bool
}

// Drop is a kind of file that a host does not serve.
type Drop struct {
	// Pattern is a glob of paths in the site.
	Pattern string
	// Unless is a file whose presence keeps them, "" when nothing does.
	Unless string
	// If is a circumstance that the files cannot tell; "" when they are
	// always dropped.
	If string
	// Why says who drops them.
	Why string
}

// NotFound is how a host answers for what is not there.
type NotFound struct {
	// Status is 404, or 403 where the host does not tell.
	Status int
	// Page: the site's 404.html is shown. Nearest: the one in the closest
	// directory above, not only that at the root.
	Page, Nearest bool
	// Home: a site without that page gets index.html with status 200 for
	// every unknown path, as an application of one page wants it.
	Home bool
}

// form is how the address of a page is spelled. The first three are of
// x.html, the others of x/index.html.
type form int

const (
	file        form = iota // x
	fileSlash               // x/
	fileHTML                // x.html
	folder                  // x
	folderSlash             // x/
	folderIndex             // x/index.html
	formCount
)

// verdict is what becomes of a form: status 200, 404 or 403, or a redirect to
// another form.
type verdict struct {
	status int
	to     form
}

// spellings is the whole of what hosts differ in. The columns are forms; a
// redirect is written with its target. Where it was measured, the source is
// the live test of
// https://github.com/slorber/trailing-slash-guide (commit 9a184c7).
const spellings = `
host                   x         x/        x.html    x         x/        x/index.html

generic                200       404       200       301:x/    200       200
github-pages           200       404       200       301:x/    200       200
netlify                200       301:x     200       301:x/    200       200           file-first
netlify-plain          200       200       200       200       200       200
cloudflare-pages       200       308:x     308:x     308:x/    200       308:x/
cloudflare-workers     200       307:x     307:x     307:x/    200       307:x/
vercel                 404       404       200       200       200       200
vercel-clean           200       200       308:x     200       200       308:x
vercel-clean-no-slash  200       308:x     308:x     200       308:x     308:x         file-first
vercel-clean-slash     308:x/    200       308:x/    308:x/    200       308:x/        file-first
vercel-no-slash        404       404       200       200       308:x     200
vercel-slash           404       404       200       308:x/    200       200
firebase               404       404       200       301:x/    200       200
firebase-clean         200       404       301:x     200       200       301:x
firebase-no-slash      404       404       200       200       301:x     200
firebase-slash         404       404       200       301:x/    200       200
firebase-clean-no-slash 200      301:x     301:x     200       301:x     301:x
firebase-clean-slash   301:x/    200       301:x/    301:x/    200       301:x/
azure-static-web-apps  200       301:x     200       200       200       200
azure-no-slash         200       301:x     200       200       301:x     200
azure-slash            301:x/    200       200       301:x/    200       200
render                 200       200       200       200       200       200
s3-website             404       404       200       302:x/    200       200
s3-cloudfront          403       403       200       403       403       200
nginx                  404       404       200       301:x/    200       200
apache                 404       404       200       301:x/    200       200
`

const liveTest = "https://github.com/slorber/trailing-slash-guide"

var (
	dotfiles   = Drop{Pattern: "**/.*", Why: "uploads leave out names that begin with a dot"}
	inDotDirs  = Drop{Pattern: "**/.*/**", Why: "uploads leave out directories whose name begins with a dot"}
	ofNetlify  = []Drop{{Pattern: "{_redirects,_headers,netlify.toml}", Why: "they configure the host"}}
	cloudflare = []Drop{
		{Pattern: "{_redirects,_headers,_routes.json,_worker.js}", Why: "they configure the host"},
		{Pattern: "{functions,_worker.js}/**", Why: "they are run by the host"},
		{Pattern: "**/.DS_Store", Why: "uploads leave it out"},
		{Pattern: "**/{node_modules,.git,.wrangler}/**", Why: "uploads leave these directories out"},
	}
)

const revalidate = "public, max-age=0, must-revalidate"

// profiles are all hosts; variants are what their settings make of them.
var profiles = withSpellings([]Profile{
	{
		ID: "generic", Name: "any static host", Source: liveTest, Date: "2024-11",
		NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "github-pages", Name: "GitHub Pages", Source: liveTest, Date: "2024-11",
		CacheControl: "max-age=600",
		Drops: []Drop{
			{Pattern: "{.*,**/.*,**/.*/**}", If: "actions/upload-pages-artifact uploads the site without include-hidden-files", Why: "it leaves out names that begin with a dot"},
			{Pattern: "{_*/**,**/_*/**}", Unless: ".nojekyll", If: "the site is deployed from a branch", Why: "Jekyll leaves out directories whose name begins with _; a file .nojekyll at the root keeps them"},
		},
		NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "netlify", Name: "Netlify, with pretty URLs", Source: liveTest, Date: "2024-11",
		CacheControl: "public,max-age=0,must-revalidate", Drops: ofNetlify,
		NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "netlify-plain", Name: "Netlify, without pretty URLs", Source: liveTest, Date: "2024-11",
		CacheControl: "public,max-age=0,must-revalidate", Drops: ofNetlify,
		NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "cloudflare-pages", Name: "Cloudflare Pages",
		Source: "https://developers.cloudflare.com/pages/configuration/serving-pages/", Date: "2026-11",
		CacheControl: revalidate, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Referrer-Policy", "strict-origin-when-cross-origin"}},
		Drops: cloudflare, NotFound: NotFound{Status: 404, Page: true, Nearest: true, Home: true},
	},
	{
		ID: "cloudflare-workers", Name: "Cloudflare Workers, static assets",
		Source: "https://developers.cloudflare.com/workers/static-assets/routing/", Date: "2026-11",
		CacheControl: revalidate, Drops: cloudflare, NotFound: NotFound{Status: 404},
	},
	vercel("vercel", "Vercel"),
	vercel("vercel-clean", "Vercel, cleanUrls"),
	vercel("vercel-clean-no-slash", "Vercel, cleanUrls and trailingSlash: false"),
	vercel("vercel-clean-slash", "Vercel, cleanUrls and trailingSlash: true"),
	vercel("vercel-no-slash", "Vercel, trailingSlash: false"),
	vercel("vercel-slash", "Vercel, trailingSlash: true"),
	firebase("firebase", "Firebase Hosting"),
	firebase("firebase-clean", "Firebase Hosting, cleanUrls"),
	firebase("firebase-no-slash", "Firebase Hosting, trailingSlash: false"),
	firebase("firebase-slash", "Firebase Hosting, trailingSlash: true"),
	firebase("firebase-clean-no-slash", "Firebase Hosting, cleanUrls and trailingSlash: false"),
	firebase("firebase-clean-slash", "Firebase Hosting, cleanUrls and trailingSlash: true"),
	azure("azure-static-web-apps", "Azure Static Web Apps"),
	azure("azure-no-slash", "Azure Static Web Apps, trailingSlash: never"),
	azure("azure-slash", "Azure Static Web Apps, trailingSlash: always"),
	{
		ID: "render", Name: "Render", Source: liveTest, Date: "2024-11",
		CacheControl: "public, max-age=0, s-maxage=300", NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "s3-website", Name: "S3 website endpoint",
		Source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html", Date: "2026-11",
		NotFound: NotFound{Status: 404, Page: true},
	},
	{
		ID: "s3-cloudfront", Name: "S3 behind CloudFront, without a function", Source: liveTest, Date: "2024-11",
		NotFound: NotFound{Status: 403},
	},
	{
		ID: "nginx", Name: "nginx, try_files $uri $uri/",
		Source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files", Date: "2026-11",
		NotFound: NotFound{Status: 404},
	},
	{
		ID: "apache", Name: "Apache httpd, mod_dir",
		Source: "https://httpd.apache.org/docs/2.4/mod/mod_dir.html", Date: "2026-11",
		Drops:    []Drop{{Pattern: "**/.ht*", Why: "the standard configuration denies it"}},
		NotFound: NotFound{Status: 404},
	},
})

func vercel(id, name string) Profile {
	return Profile{
		ID: id, Name: name, Source: "https://vercel.com/docs/project-configuration/vercel-json", Date: "2026-08",
		CacheControl: revalidate, NotFound: NotFound{Status: 404, Page: true},
		Drops: []Drop{{Pattern: "{vercel.json,.vercel/**,.git/**,node_modules/**}", Why: "uploads leave it out"}},
	}
}

func firebase(id, name string) Profile {
	return Profile{
		ID: id, Name: name, Source: "https://firebase.google.com/docs/hosting/full-config", Date: "2026-11",
		CacheControl: "max-age=3600", NotFound: NotFound{Status: 404, Page: true},
		Drops: []Drop{
			dotfiles, inDotDirs,
			{Pattern: "{firebase.json,**/node_modules/**}", Why: "hosting.ignore leaves it out unless it is set otherwise"},
		},
	}
}

func azure(id, name string) Profile {
	return Profile{
		ID: id, Name: name, Source: "https://learn.microsoft.com/azure/static-web-apps/configuration", Date: "2026-11",
		CacheControl: "public, must-revalidate, max-age=30", NotFound: NotFound{Status: 404},
		Drops: []Drop{{Pattern: "{staticwebapp.config.json,routes.json}", Why: "it configures the host"}},
	}
}

// Profiles lists all hosts, in the order of the documentation.
func Profiles() []Profile { return slices.Clone(profiles) }

// ByID is the profile that options call id.
func ByID(id string) (Profile, error) {
	for _, p := range profiles {
		if p.ID == id {
			return p, nil
		}
	}
	var all []string
	for _, p := range profiles {
		all = append(all, p.ID)
	}
	if near := near(id, all); near != "" {
		return Profile{}, fmt.Errorf("no host is called %q: did you mean %s?", id, near)
	}
	return Profile{}, fmt.Errorf("no host is called %q; there are %s", id, strings.Join(all, ", "))
}

// near is the host that a name may mean: one that it is a part of, as github is
// of github-pages, one that is a part of it, or one that it misspells.
func near(name string, all []string) string {
	name = strings.ToLower(name)
	for _, id := range all {
		if name != "" && strings.HasPrefix(id, name+"-") {
			return id
		}
	}
	if id := suggest.Nearest(name, all); id != "" {
		return id
	}
	for _, id := range all {
		if strings.Contains(name, id) {
			return id
		}
	}
	return ""
}

// withSpellings puts the rows of the table into the profiles.
func withSpellings(list []Profile) []Profile {
	rows := make(map[string][]string)
	for line := range strings.Lines(spellings) {
		if fields := strings.Fields(line); len(fields) > 0 {
			rows[fields[0]] = fields[1:]
		}
	}
	for i := range list {
		row := rows[list[i].ID]
		for f := range formCount {
			list[i].forms[f] = parseVerdict(row[f], f)
		}
		list[i].fileFirst = len(row) > int(formCount)
	}
	return list
}

// parseVerdict reads a cell of the table, in the column of a form.
func parseVerdict(cell string, of form) verdict {
	number, target, redirects := strings.Cut(cell, ":")
	status, err := strconv.Atoi(number)
	if err != nil {
		panic("host: the table of spellings has a cell " + cell)
	}
	if !redirects {
		return verdict{status: status}
	}
	to := map[string]form{"x": file, "x/": fileSlash}[target]
	if of >= folder {
		to += folder
	}
	return verdict{status, to}
}
