// Package report knows how a verification is shown to people as one HTML file:
// which pages work offline and why others do not, what the precache weighs and
// for whom. The file works wherever it lies, without a network, and nothing in
// it can be made to run by the names in a site. It knows no worker and no site,
// reads no file and no clock.
//
// The page is made of files of its own in page/; this package puts them and the
// data together. The data is JSON in a block that is no script, which the
// script puts into the document as text only.
package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/inventory"
)

// Report is what is shown.
type Report struct {
	// Site is what the site is called, Worker the worker's file, Subject what
	// it is, in words.
	Site, Worker, Subject string
	// Base is the site's base path, Host whose rules were followed, and Version
	// that of the content; "" where it is not known.
	Base, Host, Version string
	// Precached counts the URLs that work offline.
	Precached int
	Laws      []Law
	Findings  []finding.Finding
	// Pages is how the site's pages fare, Inventory what is precached for
	// them; nil when nobody has looked.
	Pages     []Page
	Inventory *inventory.Inventory
}

// Law is a promise with its verdict.
type Law struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
	// Checks counts what was tried; Skipped says why nothing was.
	Checks  int    `json:"checks"`
	Skipped string `json:"skipped,omitempty"`
	Broken  bool   `json:"broken,omitempty"`
}

// The fates of pages, from the best to the worst.
var fates = []string{"works", "degraded", "needs the network", "broken"}

// Page is how a page fares without a network.
type Page struct {
	URL, File string
	// Fate is works, degraded, needs the network or broken.
	Fate    string
	Reasons []Reason
}

// Reason is something that a page does not have without a network: URL is what
// it asks for In a file, on a Line, and Why a clause without its subject.
type Reason struct {
	Fate, URL, In string
	Line          int
	Why           string
}

//go:embed page
var files embed.FS

var shell = template.Must(template.ParseFS(files, "page/report.html"))

// scripts are in the order in which they build upon each other.
var scripts = []string{"document.js", "list.js", "squarify.js", "treemap.js", "facts.js", "report.js"}

// Write writes the report. The same report is the same bytes.
func Write(w io.Writer, r *Report) error {
	var script strings.Builder
	for _, name := range scripts {
		script.WriteString(source(name))
	}
	style := source("report.css")
	return shell.Execute(w, struct {
		Site                  string
		Style                 template.CSS
		Script                template.JS
		StyleHash, ScriptHash string
		Data                  any
	}{r.Site, template.CSS(style), template.JS(script.String()), hash(style), hash(script.String()), pack(r)})
}

func source(name string) string {
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// hash is a source expression of https://www.w3.org/TR/CSP3/#framework-directive-source-list.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
