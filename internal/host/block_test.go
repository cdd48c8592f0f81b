package host

import (
	"errors"
	"strings"
	"testing"
)

var someRules = []HeaderRule{
	{"sw.js", [][2]string{{"Cache-Control", "no-cache"}}},
	{"as sets/*", [][2]string{{"Cache-Control", "public, max-age=31536000, immutable"}}},
}

// TestHeaderBlocksAreObeyed puts the block of each host that reads a file into
// that file, twice, beside what was there, and asks the host.
func TestHeaderBlocksAreObeyed(t *testing.T) {
	before := map[string]string{
		"_headers":                 "/other\n  X-Other: 1",
		"vercel.json":              "{\n  // kept\n  \"cleanUrls\": false,\n  \"headers\": [{\"source\": \"/x\", \"headers\": []}]\n}",
		"firebase.json":            `{"hosting": {"public": "public"}}`,
		"staticwebapp.config.json": `{"trailingSlash": "auto", "routes": []}`,
	}
	for _, id := range []string{"netlify", "cloudflare-pages", "cloudflare-workers", "vercel", "firebase", "azure-static-web-apps"} {
		for _, empty := range []bool{false, true} {
			files := site("sw.js", "as sets/a.css", "index.html")
			h := newHost(t, id, "/repo/", files)
			name, _ := h.HeadersFile()
			text := before[name]
			if empty {
				text = ""
			}
			if id == "vercel" {
				text = strings.Replace(text, "  // kept\n", "", 1) // Vercel has no comments
			}
			once, err := h.MergeHeaders(text, someRules)
			if err != nil {
				t.Fatal(id, err)
			}
			twice, err := h.MergeHeaders(once, someRules)
			if err != nil || twice != once {
				t.Errorf("%s: merged twice: %v\n%s\nand once\n%s", id, err, twice, once)
			}
			for _, kept := range []string{"/other\n  X-Other: 1", `  "cleanUrls": false,`, `"public": "public"`, `{"trailingSlash": "auto", "routes": [`} {
				if strings.Contains(text, kept) && !strings.Contains(once, kept) {
					t.Errorf("%s: %q is lost from\n%s", id, kept, once)
				}
			}
			files[name] = site("x=" + once)["x"]
			h = newHost(t, id, "/repo/", files)
			for asked, want := range map[string]string{"/repo/sw.js": "no-cache", "/repo/as%20sets/a.css": "public, max-age=31536000, immutable"} {
				if got := h.Answer(asked).Header.Get("Cache-Control"); got != want {
					t.Errorf("%s: %s has %q, want %q (%v) with\n%s", id, asked, got, want, h.Findings, once)
				}
			}
		}
	}
}

func TestHeaderBlocks(t *testing.T) {
	for id, want := range map[string]string{
		"nginx":      "location = /repo/sw.js {\n    add_header Cache-Control \"no-cache\";\n}\nlocation \"/repo/as sets/\" {\n    add_header Cache-Control \"public, max-age=31536000, immutable\";\n}\n",
		"apache":     "<IfModule mod_headers.c>\n    Header set Cache-Control \"no-cache\" \"expr=%{REQUEST_URI} =~ m#^/repo/sw\\.js$#\"\n    Header set Cache-Control \"public, max-age=31536000, immutable\" \"expr=%{REQUEST_URI} =~ m#^/repo/as sets/#\"\n</IfModule>\n",
		"s3-website": "aws s3 cp s3://BUCKET/sw.js s3://BUCKET/sw.js --metadata-directive REPLACE --cache-control no-cache\naws s3 cp s3://BUCKET/'as sets/' s3://BUCKET/'as sets/' --recursive --metadata-directive REPLACE --cache-control 'public, max-age=31536000, immutable'\n",
		"render":     "headers:\n  - path: \"/repo/sw.js\"\n    name: Cache-Control\n    value: \"no-cache\"\n  - path: \"/repo/as sets/*\"\n    name: Cache-Control\n    value: \"public, max-age=31536000, immutable\"\n",
	} {
		got, err := newHost(t, id, "/repo/", nil).HeaderBlock(someRules)
		if err != nil || got != want {
			t.Errorf("%s: %v\n%s", id, err, got)
		}
	}
	if _, err := newHost(t, "github-pages", "/", nil).HeaderBlock(someRules); !errors.Is(err, ErrNoHeaders) {
		t.Error(err)
	}
	if _, err := newHost(t, "netlify", "/", nil).MergeHeaders(begin+"\n/x\n", someRules); err == nil {
		t.Error("a block without an end was replaced")
	}
}
