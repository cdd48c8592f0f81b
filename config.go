package swgen

import (
	"io/fs"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
)

// Config is everything that can be said about a build. Its zero value is the
// default: nothing needs to be set. The comment of each field is its
// documentation in --help, in the reference page and in the JSON Schema; its
// tags are its name in swgen.yaml (yaml), the short flag (short), the default
// that a reader sees (default) or, where it is no fixed value, what happens
// without it (unset), the values it takes (enum) and its section in
// the reference (group). The flag of `max_file_size` is --max-file-size, its
// environment variable SWGEN_MAX_FILE_SIZE.
type Config struct {
	// Base is the URL path that the site is deployed under, such as /repo/ for a project site of GitHub Pages.
	Base string `yaml:"base" unset:"found in the pages" group:"Site"`
	// Host is the host of the site, such as github-pages, netlify or cloudflare-pages: pages are precached and answered under the addresses that it has for them. `swgen hosts` lists all.
	Host string `yaml:"host" unset:"found in the project's files; generic fits every host" group:"Site"`
	// Project has the files of the site's sources, among them those that configure its host; nil is unknown.
	Project fs.FS `yaml:"-"`
	// Precache says what is precached: every file that include and exclude let in (files), or of those only what the chosen pages need (reachable). A pattern of exclude that starts with ! takes back what no page is seen to need.
	Precache string `yaml:"precache" enum:"files,reachable" default:"files" group:"Precache"`
	// Pages chooses the pages to precache: all; "depth 2 from /", those that at most two links lead to from there (several paths may follow); or "sitemap 0.5", those that the sitemap lists with at least this priority. The pages for what is offline or not found always are.
	Pages string `yaml:"pages" default:"all" group:"Precache"`
	// Include lists the globs of the files to precache, relative to the site.
	Include []string `yaml:"include" default:"**" group:"Precache"`
	// Exclude lists globs of files to leave out, after the default exclusions; a pattern that starts with ! takes files back in, and the last match decides.
	Exclude []string `yaml:"exclude" group:"Precache"`
	// Allow lists the paths of files that look secret but are meant to be public.
	Allow []string `yaml:"allow" group:"Precache"`
	// MaxFileSize is the largest file to precache, as 5MB or 512kB.
	MaxFileSize manifest.Size `yaml:"max_file_size" default:"5MB" group:"Precache"`
	// MaxTotalSize is the most that all precached files may weigh together; a build over it fails.
	MaxTotalSize manifest.Size `yaml:"max_total_size" default:"50MB" group:"Precache"`
	// Optional lists globs of files that an install may do without; images and media are optional by default.
	Optional []string `yaml:"optional" group:"Precache"`
	// Critical lists globs of files that an install must have; it wins over Optional and the default.
	Critical []string `yaml:"critical" group:"Precache"`
	// Extra lists URLs to precache that are not files of the site.
	Extra []manifest.Extra `yaml:"extra" group:"Precache"`
	// Templated lists URLs that a server renders from several files or that change with a string.
	Templated []manifest.Templated `yaml:"templated" group:"Precache"`
	// Rewrite replaces prefixes of file paths before they become URLs; the longest prefix that fits is used.
	Rewrite []manifest.Rewrite `yaml:"rewrite" group:"Precache"`
	// KeepQuery lists globs of paths where a query makes another resource; elsewhere queries are ignored on precached paths.
	KeepQuery []string `yaml:"keep_query" group:"Precache"`
	// Integrity says whose bytes are checked before they are stored: those of scripts, styles, fonts and wasm (assets), of everything (strict), or of nothing (off).
	Integrity string `yaml:"integrity" enum:"assets,strict,off" default:"assets" group:"Worker"`
	// Update says when a new version takes over: at the next navigation (fresh), when the visitor agrees (prompt), or when every tab is closed (wait).
	Update string `yaml:"update" enum:"fresh,prompt,wait" default:"fresh" group:"Worker"`
	// Worker is the path of the worker's file in the site.
	Worker string `yaml:"worker" default:"sw.js" group:"Worker"`
	// Scope is the URL path that the worker controls, at or below the worker's directory.
	Scope string `yaml:"scope" unset:"the worker's directory" group:"Worker"`
	// OfflinePage is the page shown for a page that cannot be had offline; without one a small built-in page is used.
	OfflinePage string `yaml:"offline_page" unset:"offline.html or offline/ when it exists" group:"Worker"`
	// NotFoundPage is the page shown offline for an address that the site does not have.
	NotFoundPage string `yaml:"not_found_page" unset:"404.html when it exists" group:"Worker"`
	// Routes say how requests outside the precache are answered; the first that matches decides.
	Routes []strategies.Route `yaml:"routes" group:"Worker"`
	// Debug writes the worker readable instead of minified.
	Debug bool `yaml:"debug" group:"Worker"`
	// SourceMap writes a source map beside the worker.
	SourceMap bool `yaml:"source_map" group:"Worker"`
	// Register says how pages register the worker: by a script put into every page (inject), by a script that is only written (file), or not at all (none).
	Register string `yaml:"register" enum:"inject,file,none" default:"inject" group:"Registration"`
	// RegisterScript is the path of the registration script in the site.
	RegisterScript string `yaml:"register_script" default:"swgen-register.js" group:"Registration"`
	// Nonce is the value of the nonce attribute of the injected script element, for servers that replace a placeholder.
	Nonce string `yaml:"nonce" group:"Registration"`
	// PromptText is what the prompt of update policy prompt says.
	PromptText PromptText `yaml:"prompt_text" group:"Registration"`
	// Manifest is the path in the site where the manifest is written as JSON; "none" writes no manifest.
	Manifest string `yaml:"manifest" default:"swgen-manifest.json" group:"Output"`
	// Strict turns warnings into errors.
	Strict bool `yaml:"strict" group:"Output"`
}

// PromptText is the wording of the "new version" prompt.
type PromptText struct {
	// Message is the sentence that announces a new version.
	Message string `yaml:"message" default:"A new version of this site is ready."`
	// Accept is the label of the button that loads it.
	Accept string `yaml:"accept" default:"Reload"`
	// Dismiss is the label of the button that closes the prompt.
	Dismiss string `yaml:"dismiss" default:"Later"`
	// Lang is the language of these texts, as in the HTML lang attribute.
	Lang string `yaml:"lang" default:"en"`
}

// Defaults as the build uses them. The text that a reader sees is in the
// tags of Config; a test holds the two together.
const (
	defaultMaxFileSize  manifest.Size = 5_000_000
	defaultMaxTotalSize manifest.Size = 50_000_000
	defaultWorker                     = "sw.js"
	defaultRegister                   = "swgen-register.js"
	defaultManifest                   = "swgen-manifest.json"
)
