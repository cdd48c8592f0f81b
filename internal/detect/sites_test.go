package detect

import (
	"os"
	"testing"
)

const sites = "../../testdata/sites/"

// realSites are the outputs of real generators and what is found in them.
var realSites = map[string]Found{
	"astro":       {"Astro", "/repo/", "6 of 6 root-relative links"},
	"docusaurus":  {"Docusaurus 3.8.1", "/", "5 of 5 root-relative links"},
	"eleventy":    {"", "/", "6 of 6 root-relative links"},
	"hugo-pretty": {"Hugo 0.111.3", "/", "6 of 6 root-relative links"},
	"hugo-ugly":   {"Hugo 0.165.0", "/museum/", "4 of 4 root-relative links"},
	"jekyll":      {"Jekyll", "/lighthouse/", "3 of 3 root-relative links"},
	"mkdocs":      {"Material for MkDocs 8.2.5", "/island/", "6 of 6 root-relative links"},
	"next":        {"Next.js", "/", "10 of 10 root-relative links"},
	"plain":       {"", "/", "2 of 2 root-relative links"},
	"sveltekit":   {"SvelteKit", "/", "14 of 14 root-relative links"},
	"vitepress":   {"VitePress 1.6.4", "/docs/", "12 of 12 root-relative links"},
}

func TestRealSites(t *testing.T) {
	for name, want := range realSites {
		if _, err := os.Stat(sites + name); err != nil {
			t.Error(err)
			continue
		}
		if got := Site(os.DirFS(sites + name)); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestEveryRealSiteIsInTheTable(t *testing.T) {
	entries, err := os.ReadDir(sites)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := realSites[entry.Name()]; entry.IsDir() && !ok {
			t.Errorf("%s is missing in the table: %+v", entry.Name(), Site(os.DirFS(sites+entry.Name())))
		}
	}
}
