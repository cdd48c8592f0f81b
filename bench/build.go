package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// build runs all contenders in turn, round after round, and prints what they
// cost and the ratios of each round.
func build(args []string) error {
	flags := flag.NewFlagSet("build", flag.ExitOnError)
	c := common{files: counted{1000, 10000}}
	c.register(flags)
	rounds := flags.Int("rounds", 5, "rounds that count, after one warm-up")
	gate := flags.Bool("gate", false, "fail if swgen misses its limits (see gate.go)")
	command := flags.String("swgen", "", "run this `command` as swgen; it has {site}, {out}, {swgen}, {floor}")
	workbox := flags.Bool("workbox", true, "run Workbox")
	flags.Parse(args)
	if *rounds < 1 || flags.NArg() > 0 {
		return errors.New("build takes flags only, and at least one round")
	}

	t, err := newTools(needs{swgen: true, command: *command, workbox: *workbox})
	if err != nil {
		return err
	}
	defer t.close()
	if *gate && (len(t.swgen) == 0 || !*workbox) {
		return errors.New("-gate needs both swgen and Workbox")
	}
	least, err := t.instrument()
	if err != nil {
		return err
	}
	fmt.Printf("%s/%s, %d CPUs, %s; peak memory is seen from %.1f MB up\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), float64(least)/1e6)

	var missed []string
	for _, n := range c.files {
		site, err := corpus{files: n}.write(c.corpus)
		if err != nil {
			return err
		}
		// A command that is only tried need not write a worker.
		strict := *command == "" || *gate
		r, err := t.compare(site, n, *rounds, strict, *workbox)
		if err != nil {
			return err
		}
		r.print(os.Stdout)
		if *gate {
			missed = append(missed, r.judge(os.Stdout)...)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("gate missed:\n  %s", strings.Join(missed, "\n  "))
	}
	return nil
}

// A result holds the runs of one site; what was not run is nil.
type result struct {
	files                                 int
	generateSW, getManifest, swgen, floor *sample
}

func (r *result) samples() []*sample {
	var list []*sample
	for _, s := range []*sample{r.generateSW, r.getManifest, r.swgen, r.floor} {
		if s != nil {
			list = append(list, s)
		}
	}
	return list
}

// compare measures. If it is strict, swgen must have written a worker.
func (t *tools) compare(site string, files, rounds int, strict, workbox bool) (*result, error) {
	r := &result{files: files, floor: &sample{contender: contender{
		name: "floor", args: []string{t.floor, "{site}"}, files: floorFiles}}}
	if workbox {
		r.generateSW = &sample{contender: contender{
			name: "workbox generateSW", args: t.workboxCommand("generate", "{site}", "{out}/sw.js"),
			files: generateFiles, output: "sw.js"}}
		r.getManifest = &sample{contender: contender{
			name: "workbox getManifest", args: t.workboxCommand("manifest", "{site}"), files: manifestFiles}}
	}
	if len(t.swgen) > 0 {
		r.swgen = &sample{contender: contender{name: "swgen", args: t.swgen}}
		if strict {
			r.swgen.output = swgenWorker
			r.swgen.contender.files = writtenFiles(files)
		}
	}
	for round := range 1 + rounds {
		for _, s := range r.samples() {
			c, err := t.run(s.contender, site, files)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first one warms the page cache
				s.runs = append(s.runs, c)
			}
		}
	}
	return r, nil
}

// writtenFiles trusts swgen only as long as what it wrote cannot be counted.
func writtenFiles(expected int) func([]byte, string) (int, error) {
	return func(_ []byte, out string) (int, error) {
		n, known, err := swgenFiles(out)
		if !known && err == nil {
			return expected, nil
		}
		return n, err
	}
}

func floorFiles(stdout []byte, _ string) (n int, err error) {
	_, err = fmt.Fscan(bytes.NewReader(stdout), &n)
	return n, err
}

func generateFiles(stdout []byte, _ string) (int, error) {
	var answer struct {
		Count    int
		Warnings []string
	}
	err := json.Unmarshal(stdout, &answer)
	if err == nil && len(answer.Warnings) > 0 {
		err = fmt.Errorf("it warns: %q", answer.Warnings)
	}
	return answer.Count, err
}

func manifestFiles(stdout []byte, _ string) (int, error) {
	var entries []struct{}
	err := json.Unmarshal(stdout, &entries)
	return len(entries), err
}

// The ratios that are printed. A ratio of Workbox to swgen says how many times
// less swgen needs; of swgen to the floor, how much it adds to hashing.
func (r *result) comparisons() []comparison {
	list := []comparison{
		{"CPU, generateSW / swgen", ratios(r.generateSW, r.swgen, cpuSeconds)},
		{"CPU, getManifest / swgen", ratios(r.getManifest, r.swgen, cpuSeconds)},
		{"CPU, swgen / floor", ratios(r.swgen, r.floor, cpuSeconds)},
		{"wall, generateSW / swgen", ratios(r.generateSW, r.swgen, wallSeconds)},
		{"peak memory, generateSW / swgen", ratios(r.generateSW, r.swgen, peakMB)},
	}
	known := list[:0]
	for _, c := range list {
		if c.rounds != nil {
			known = append(known, c)
		}
	}
	return known
}

type comparison struct {
	name   string
	rounds []float64
}

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "\n%d files, %d rounds\n", r.files, len(r.floor.runs))
	tab := newTable(w)
	fmt.Fprintln(tab, label("median of the rounds")+"\tCPU s\twall s\tpeak MB\t")
	for _, s := range r.samples() {
		peak := "unknown"
		if mb := median(s.values(peakMB)); mb > 0 {
			peak = fmt.Sprintf("%.1f", mb)
		}
		fmt.Fprintf(tab, "%s\t%.3f\t%.3f\t%s\t\n", label(s.name), median(s.values(cpuSeconds)), median(s.values(wallSeconds)), peak)
	}
	tab.Flush()

	list := r.comparisons()
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w)
	fmt.Fprint(tab, label("ratio, round by round")+"\t")
	for i := range r.floor.runs {
		fmt.Fprintf(tab, "%d\t", i+1)
	}
	fmt.Fprintln(tab, "median\tmin\tmax\t")
	for _, c := range list {
		fmt.Fprintf(tab, "%s\t", label(c.name))
		for _, v := range c.rounds {
			fmt.Fprintf(tab, "%.2f\t", v)
		}
		fmt.Fprintf(tab, "%.2f\t%.2f\t%.2f\t\n", median(c.rounds), slices.Min(c.rounds), slices.Max(c.rounds))
	}
	tab.Flush()
}

// label fills a table's first column, which is the only one of text.
func label(text string) string { return fmt.Sprintf("%-31s", text) }

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}
