package manifest

import (
	"path"
	"strings"
)

// Class is what a file is for, judged by its extension.
type Class string

// The classes. Pages must be answered as HTML and nothing else may be; the
// bytes of styles, scripts, fonts and wasm decide whether a page works at all.
const (
	Page   Class = "page"
	Style  Class = "style"
	Script Class = "script"
	Font   Class = "font"
	Wasm   Class = "wasm"
	Image  Class = "image"
	Media  Class = "media"
	Other  Class = "other"
)

var extensions = map[Class][]string{
	Page:   {"html", "htm", "xhtml"},
	Style:  {"css"},
	Script: {"js", "mjs", "cjs"},
	Font:   {"woff2", "woff", "ttf", "otf", "eot"},
	Wasm:   {"wasm"},
	Image:  {"png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp", "apng", "jxl"},
	Media:  {"mp3", "mp4", "m4a", "m4v", "ogg", "oga", "ogv", "opus", "wav", "flac", "aac", "webm", "mov"},
}

var classOf = func() map[string]Class {
	byExtension := make(map[string]Class)
	for class, exts := range extensions {
		for _, ext := range exts {
			byExtension[ext] = class
		}
	}
	return byExtension
}()

// Extensions lists the extensions of a class, without the dot.
func Extensions(class Class) []string { return extensions[class] }

// ClassOf is the class of a file or of a URL path; a directory is a page.
func ClassOf(name string) Class {
	if name == "" || strings.HasSuffix(name, "/") {
		return Page
	}
	ext := strings.TrimPrefix(path.Ext(name), ".")
	if class, known := classOf[ext]; known {
		return class
	}
	if class, known := classOf[strings.ToLower(ext)]; known {
		return class
	}
	return Other
}

// optionalByDefault says that a page without this file still works, if less nicely.
func (c Class) optionalByDefault() bool { return c == Image || c == Media }
