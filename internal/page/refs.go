package page

import (
	"slices"
	"strings"
)

// load says that an attribute of an element is a URL that pages load.
type load struct {
	attr string
	kind Kind
	how  loadHow
}

type loadHow byte

const (
	single loadHow = iota
	// set is a srcset.
	set
	// lazy is a convention of scripts that load images late.
	lazy
	lazySet
)

// loads are the elements whose references need no more than this table.
// Link, script and style are read by code of their own.
var loads = map[string][]load{
	"img": {
		{"src", Image, single}, {"srcset", Image, set}, {"data-src", Image, lazy}, {"data-srcset", Image, lazySet},
	},
	"source":  {{"src", Media, single}, {"srcset", Image, set}, {"data-src", Media, lazy}, {"data-srcset", Image, lazySet}},
	"video":   {{"src", Media, single}, {"poster", Image, single}, {"data-src", Media, lazy}},
	"audio":   {{"src", Media, single}, {"data-src", Media, lazy}},
	"track":   {{"src", Track, single}},
	"iframe":  {{"src", Frame, single}, {"data-src", Frame, lazy}},
	"frame":   {{"src", Frame, single}},
	"embed":   {{"src", Object, single}},
	"object":  {{"data", Object, single}},
	"input":   {{"src", Image, single}},
	"body":    {{"background", Image, single}},
	"table":   {{"background", Image, single}},
	"thead":   {{"background", Image, single}},
	"tbody":   {{"background", Image, single}},
	"tfoot":   {{"background", Image, single}},
	"tr":      {{"background", Image, single}},
	"td":      {{"background", Image, single}},
	"th":      {{"background", Image, single}},
	"image":   {{"href", Image, single}, {"xlink:href", Image, single}, {"src", Image, single}},
	"feimage": {{"href", Image, single}, {"xlink:href", Image, single}},
	"use":     {{"href", Image, single}, {"xlink:href", Image, single}},
	// The element by which Astro loads components late.
	"astro-island": {
		{"component-url", Module, single}, {"renderer-url", Module, single}, {"before-hydration-url", Module, single},
	},
}

// plain adds what the table says of the element looked at.
func (in *inspector) plain() {
	if in.elem == "input" && !strings.EqualFold(strings.TrimSpace(in.at.get("type")), "image") {
		return
	}
	if in.elem == "iframe" && in.at.has("srcdoc") {
		// An attribute's line feeds may be character references: all is said
		// to be where the element is.
		in.document(in.at.get("srcdoc"), inspector{pinned: true})
		return // src is not loaded then
	}
	for _, l := range loads[in.elem] {
		if !in.at.has(l.attr) {
			continue
		}
		urls := []string{in.at.get(l.attr)}
		if l.how == set || l.how == lazySet {
			urls = srcset(urls[0])
		}
		for _, url := range urls {
			in.add(l.kind, l.attr, url, l.how == lazy || l.how == lazySet)
		}
	}
}

// link adds what a <link> loads: the strongest of its relations decides, as
// in `rel="preload stylesheet"`.
func (in *inspector) link() {
	rel := strings.Fields(strings.ToLower(in.at.get("rel")))
	href := in.at.get("href")
	is := func(name string) bool { return slices.Contains(rel, name) }
	switch {
	case is("stylesheet"):
		in.add(Style, "href", href, in.isOptionalStyle(rel))
	case is("modulepreload"):
		in.hint(Module, "href", href)
	case is("preload"):
		kind := preloadKind(in.at.get("as"), href)
		in.hint(kind, "href", href)
		for _, url := range srcset(in.at.get("imagesrcset")) {
			in.hint(kind, "imagesrcset", url)
		}
	case is("icon"), is("apple-touch-icon"), is("apple-touch-icon-precomposed"), is("mask-icon"), is("apple-touch-startup-image"):
		in.add(Icon, "href", href, true)
	case is("manifest"):
		in.add(Manifest, "href", href, true)
	case is("prefetch"), is("prerender"):
		in.add(preloadKind(in.at.get("as"), href), "href", href, true)
	case is("canonical"):
		if in.facts.Canonical == "" && !in.inert() {
			in.facts.Canonical = cleanURL(href)
		}
	case is("alternate"), is("next"), is("prev"), is("search"), is("sitemap"), is("license"), is("help"), is("author"), is("describedby"):
		in.mention(href)
	}
}

// hint adds what the page asks for before it is needed.
func (in *inspector) hint(kind Kind, attr, url string) {
	in.addRef(Ref{URL: url, Kind: kind, Attr: attr, Line: in.line, Hint: true})
}

// isOptionalStyle reports whether a style sheet is not applied as the page
// loads. With an onload attribute, media=print is the idiom for loading a
// sheet without blocking.
func (in *inspector) isOptionalStyle(rel []string) bool {
	return slices.Contains(rel, "alternate") || in.at.has("disabled") ||
		isPrint(in.at.get("media")) && !in.at.has("onload")
}

// preloadKind is what a hint loads, by the extension where it does not say.
func preloadKind(as, href string) Kind {
	switch strings.ToLower(strings.TrimSpace(as)) {
	case "script", "worker", "sharedworker", "serviceworker":
		return Script
	case "style":
		return Style
	case "image":
		return Image
	case "font":
		return Font
	case "audio", "video":
		return Media
	case "track":
		return Track
	case "document", "frame", "iframe":
		return Frame
	case "object", "embed":
		return Object
	case "":
		return KindOf(cleanURL(href))
	}
	return Data
}
