package options

// examples show each option in use, for the reference page. A test reads each
// of them with the decoder and holds it against the schema.
var examples = map[string]string{
	"host":            `host: github-pages`,
	"base":            `base: /repo/`,
	"include":         "include:\n  - \"**/*.{html,css,js,woff2}\"\n  - \"img/icons/**\"",
	"exclude":         "exclude:\n  - \"drafts/**\"\n  - \"!drafts/index.html\"",
	"allow":           "allow:\n  - keys/release.pub.pem",
	"max_file_size":   `max_file_size: 2MB`,
	"max_total_size":  `max_total_size: 100MB`,
	"optional":        "optional:\n  - \"archive/**\"",
	"critical":        "critical:\n  - img/logo.svg",
	"extra":           "extra:\n  - url: /api/start.json\n    revision: \"2026-05-01\"",
	"templated":       "templated:\n  - url: /dashboard\n    from: [\"layouts/**\", dashboard.json]",
	"rewrite":         "rewrite:\n  - from: static/\n    to: assets/",
	"keep_query":      "keep_query:\n  - \"search/**\"",
	"integrity":       `integrity: strict`,
	"update":          `update: prompt`,
	"worker":          `worker: service-worker.js`,
	"scope":           `scope: /docs/`,
	"offline_page":    `offline_page: offline/index.html`,
	"not_found_page":  `not_found_page: errors/404.html`,
	"debug":           `debug: true`,
	"source_map":      `source_map: true`,
	"register":        `register: file`,
	"register_script": `register_script: js/register.js`,
	"nonce":           `nonce: "{{nonce}}"`,
	"prompt_text":     "prompt_text:\n  message: Es gibt eine neue Fassung dieser Seiten.\n  accept: Neu laden\n  dismiss: Später\n  lang: de",
	"manifest":        `manifest: none`,
	"strict":          `strict: true`,
	"routes":          "routes:\n  - path: api/**\n    strategy: network-first\n    timeout: 3s\n  - destination: [image]\n    strategy: cache-first\n    max_entries: 60\n    max_age: 720h",
}
