package strategies

import "time"

// Route says how a kind of request outside the precache is answered. A
// request must match every condition that is set; the first route that
// matches decides.
type Route struct {
	// Path is a glob of URL paths under the base, such as api/** or **/*.mp3; without one every path matches.
	Path string `yaml:"path"`
	// Host is the host of another origin, such as fonts.example.org, or * for any; without one only the site's own origin matches.
	Host string `yaml:"host"`
	// Destination is what the response is for, as in the Fetch standard: document, image, font, script, style, audio, video and so on; empty for fetch().
	Destination []string `yaml:"destination"`
	// Method is the request's method.
	Method string `yaml:"method" enum:"GET,HEAD,POST,PUT,PATCH,DELETE" default:"GET"`
	// Strategy names the strategy that answers.
	Strategy Name `yaml:"strategy" enum:"cache-first,network-first,stale-while-revalidate,network-only,cache-only" required:"true"`
	// Cache names the cache, so that routes can share one; the default is the strategy's name.
	Cache string `yaml:"cache" unset:"the name of the strategy"`
	// Timeout is how long network-first waits before it answers from the cache, as 3s or 500ms.
	Timeout time.Duration `yaml:"timeout"`
	// MaxEntries is how many responses the cache keeps; the oldest go first.
	MaxEntries int `yaml:"max_entries"`
	// MaxAge is how long a stored response may answer, as 720h.
	MaxAge time.Duration `yaml:"max_age"`
	// Opaque allows storing responses of other origins that do not allow CORS; nobody can see whether they are errors.
	Opaque bool `yaml:"opaque"`
	// IgnoreQuery treats URLs that differ only in their query as one.
	IgnoreQuery bool `yaml:"ignore_query"`
}
