package manifest

// Extra is an entry that is no file of the site.
type Extra struct {
	// URL is a path under the base, or a whole URL on another origin, which must allow CORS.
	URL string `yaml:"url" required:"true"`
	// Revision is any text that changes whenever what the URL answers changes.
	Revision string `yaml:"revision" required:"true"`
}

// Templated is a URL that is rendered from several files, or that changes
// together with a string: its revision comes from them.
type Templated struct {
	// URL is a path under the base.
	URL string `yaml:"url" required:"true"`
	// From lists globs of the files that the page is made from.
	From []string `yaml:"from"`
	// Text stands for the content when no files do.
	Text string `yaml:"text"`
}

// Rewrite replaces the prefix of a file's path before it becomes a URL.
type Rewrite struct {
	// From is the prefix of a path in the site, without a leading slash.
	From string `yaml:"from" required:"true"`
	// To replaces it.
	To string `yaml:"to"`
}
