package host

import (
	"encoding/json"
	"fmt"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
)

// Workers with static assets are configured in the project, in one of three
// files: https://developers.cloudflare.com/workers/static-assets/routing/.
var workersFiles = []configFile{
	{"_redirects", true, func(r *reader, text []byte) error { return r.redirects(text, 302, true) }},
	{"_headers", true, (*reader).headers},
	{"wrangler.jsonc", false, (*reader).wranglerJSON},
	{"wrangler.json", false, (*reader).wranglerJSON},
	{"wrangler.toml", false, func(r *reader, text []byte) error {
		var file wrangler
		if err := toml.Unmarshal(text, &file); err != nil {
			return fmt.Errorf("it is not TOML that Cloudflare understands: %w", err)
		}
		return r.wrangler(file)
	}},
}

type wrangler struct {
	Assets struct {
		HTML     string `json:"html_handling" toml:"html_handling"`
		NotFound string `json:"not_found_handling" toml:"not_found_handling"`
	}
}

func (r *reader) wranglerJSON(text []byte) error {
	var file wrangler
	plain, err := hujson.Standardize(text)
	if err == nil {
		err = json.Unmarshal(plain, &file)
	}
	if err != nil {
		return fmt.Errorf("it is not JSON that Cloudflare understands: %w", err)
	}
	return r.wrangler(file)
}

// wrangler applies assets.html_handling and assets.not_found_handling.
func (r *reader) wrangler(file wrangler) error {
	set := func(cells ...string) {
		for f, cell := range cells {
			r.forms[f] = parseVerdict(cell, form(f))
		}
	}
	switch mode := file.Assets.HTML; mode {
	case "", "auto-trailing-slash":
	case "force-trailing-slash":
		set("307:x/", "200", "307:x/", "307:x/", "200", "307:x/")
	case "drop-trailing-slash":
		set("200", "307:x", "307:x", "200", "307:x", "307:x")
	case "none":
		set("404", "404", "200", "404", "404", "200")
	default:
		return fmt.Errorf("assets.html_handling is %q, which is not known", mode)
	}
	switch mode := file.Assets.NotFound; mode {
	case "", "none":
	case "404-page":
		r.NotFound.Page, r.NotFound.Nearest = true, true
	case "single-page-application":
		r.rules.fallback, r.rules.fallbackRule = "index.html", r.name+": assets.not_found_handling"
	default:
		return fmt.Errorf("assets.not_found_handling is %q, which is not known", mode)
	}
	return nil
}
