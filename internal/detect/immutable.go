package detect

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// immutable are directories whose files have new names when their content
// changes, by the generators that write them: Next, SvelteKit, Astro, Nuxt
// (whose builds/ is asked again and again), Pagefind.
var immutable = []struct{ dir, but string }{
	{"_next/static/", ""}, {"_app/immutable/", ""}, {"_astro/", ""}, {"_nuxt/", "_nuxt/builds/"},
	{"pagefind/fragment/", ""}, {"pagefind/index/", ""},
}

// fingerprint is the part of a name that bundlers make from the content, and
// that has a digit: 8 characters of base64url, or a digest in hex.
var fingerprint = regexp.MustCompile(`[.-]([\w-]{8}|[0-9a-f]{16}|[0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(\.|$)`)

// Immutable lists the directories of a site, each with a slash at its end,
// whose files never change under one name: those that generators are known
// for, and others of which every file has a fingerprint. It is a guess from
// names: use it for caching headers, never for what is right or wrong.
func Immutable(names []string) []string {
	found := make(map[string]bool)
	others := make(map[string][]string)
	for _, name := range names {
		known := false
		for _, d := range immutable {
			if i := strings.Index("/"+name, "/"+d.dir); i >= 0 && (d.but == "" || !strings.HasPrefix(name[i:], d.but)) {
				found[name[:i]+d.dir] = true
				known = true
			}
		}
		if dir := path.Dir(name); !known && dir != "." {
			others[dir+"/"] = append(others[dir+"/"], path.Base(name))
		}
	}
	for dir, files := range others {
		plain := slices.ContainsFunc(files, func(name string) bool { return !isFingerprinted(name) })
		if !plain && len(files) > 1 {
			found[dir] = true
		}
	}
	dirs := slices.Sorted(maps.Keys(found))
	return slices.DeleteFunc(dirs, func(dir string) bool {
		return slices.ContainsFunc(dirs, func(above string) bool { return above != dir && strings.HasPrefix(dir, above) })
	})
}

func isFingerprinted(name string) bool {
	match := fingerprint.FindStringSubmatch(name)
	return match != nil && strings.ContainsAny(match[1], "0123456789") && !strings.HasSuffix(name, ".html")
}
