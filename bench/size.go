package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// size compares the bytes of the emitted workers, whole and parted into code
// and manifest.
func size(args []string) error {
	flags := flag.NewFlagSet("size", flag.ExitOnError)
	c := common{files: counted{1000, 10000}}
	c.register(flags)
	command := flags.String("swgen", "", "run this `command` as swgen, with {site} and {out}")
	worker := flags.String("worker", "", "compare this worker `file` (of the one site given) instead of running swgen")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: go run ./bench size [FLAGS] [SITE...]\n\nWithout a SITE, synthetic ones of -n files.")
		flags.PrintDefaults()
	}
	flags.Parse(args)

	sites := flags.Args()
	if len(sites) == 0 {
		for _, n := range c.files {
			dir, err := corpus{files: n}.write(c.corpus)
			if err != nil {
				return err
			}
			sites = append(sites, dir)
		}
	}
	if *worker != "" && len(sites) != 1 {
		return fmt.Errorf("-worker belongs to one site, here are %d", len(sites))
	}
	t, err := newTools(needs{swgen: *worker == "", command: *command, workbox: true})
	if err != nil {
		return err
	}
	defer t.close()
	for _, site := range sites {
		if err := t.compareSizes(os.Stdout, site, *worker); err != nil {
			return err
		}
	}
	return nil
}

// Sizes of one text: as it is, and as servers send it.
type sizes struct{ raw, gzip, brotli int }

func (a sizes) minus(b sizes) sizes {
	return sizes{a.raw - b.raw, a.gzip - b.gzip, a.brotli - b.brotli}
}

// Parts of a worker. The manifest's compressed size is what it adds to the
// code's: the two are sent as one text.
type parts struct {
	whole, code, manifest sizes
	known                 bool // whether code and manifest are
}

func (t *tools) compareSizes(w io.Writer, site, worker string) error {
	site, err := filepath.Abs(site)
	if err != nil {
		return err
	}
	small, err := t.oneFileSite()
	if err != nil {
		return err
	}
	workbox, err := t.workerParts(t.workboxCommand("generate", "{site}", "{out}/sw.js"), "sw.js", site, small)
	if err != nil {
		return fmt.Errorf("workbox: %w", err)
	}
	var swgen *parts
	switch {
	case worker != "":
		text, err := os.ReadFile(worker)
		if err != nil {
			return err
		}
		p := partsOf(text, nil)
		swgen = &p
	case len(t.swgen) > 0:
		p, err := t.workerParts(t.swgen, swgenWorker, site, small)
		if err != nil {
			return fmt.Errorf("swgen: %w", err)
		}
		swgen = &p
	}
	printSizes(w, site, workbox, swgen)
	return nil
}

// oneFileSite makes a site whose manifest has one entry.
func (t *tools) oneFileSite() (string, error) {
	dir := filepath.Join(t.dir, "one")
	err := os.MkdirAll(dir, 0o777)
	page := "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>One</title></head><body></body></html>\n"
	return dir, errors.Join(err, os.WriteFile(filepath.Join(dir, "index.html"), []byte(page), 0o666))
}

// workerParts runs a command on the site and on one of a single file, whose
// worker counts as the code.
func (t *tools) workerParts(args []string, name, site, small string) (parts, error) {
	whole, err := t.worker(args, name, site)
	if err != nil {
		return parts{}, err
	}
	code, err := t.worker(args, name, small)
	if err != nil {
		return parts{}, err
	}
	return partsOf(whole, code), nil
}

func (t *tools) worker(args []string, name, site string) ([]byte, error) {
	out, err := os.MkdirTemp(t.dir, "out-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(out)
	if _, _, err := t.spend(expand(args, "{site}", site, "{out}", out)); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(out, name))
}

// partsOf takes the worker of the site, and that of a one-file site if there
// is one. A worker that shows its own seam is parted there.
func partsOf(whole, small []byte) parts {
	p := parts{whole: compress(whole)}
	if code, _, ok := splitSwgen(whole); ok {
		p.code, p.known = compress(code), true
	} else if small != nil {
		p.code, p.known = compress(small), true
	}
	if p.known {
		p.manifest = p.whole.minus(p.code)
	}
	return p
}

func compress(text []byte) sizes {
	var gz, br bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression) // errs on a wrong level only
	zip.Write(text)                                          // a Buffer takes all
	zip.Close()
	bro := brotli.NewWriterLevel(&br, brotli.BestCompression)
	bro.Write(text)
	bro.Close()
	return sizes{len(text), gz.Len(), br.Len()}
}

func printSizes(w io.Writer, site string, workbox parts, swgen *parts) {
	fmt.Fprintf(w, "\n%s\n", site)
	tab := newTable(w)
	fmt.Fprintln(tab, label("bytes")+"\traw\tgzip -9\tbrotli -11\t")
	row := func(name string, s sizes) {
		fmt.Fprintf(tab, "%s\t%d\t%d\t%d\t\n", label(name), s.raw, s.gzip, s.brotli)
	}
	rows := func(name string, p parts) {
		row(name, p.whole)
		if p.known {
			row("  code", p.code)
			row("  manifest", p.manifest)
		}
	}
	ratio := func(name string, a, b sizes) {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t\n", label(name), over(a.raw, b.raw), over(a.gzip, b.gzip), over(a.brotli, b.brotli))
	}
	rows("workbox", workbox)
	if swgen != nil {
		rows("swgen", *swgen)
		ratio("workbox / swgen", workbox.whole, swgen.whole)
		if swgen.known {
			ratio("  code", workbox.code, swgen.code)
			ratio("  manifest", workbox.manifest, swgen.manifest)
		}
	}
	tab.Flush()
}

// over prints a/b; a one-file site against itself has no manifest to divide by.
func over(a, b int) string {
	if b <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}
