package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing/fstest"
	"time"
)

// A metric is one number of a trial.
type metric string

const (
	installed       metric = "install: installed, ms"
	activated       metric = "install: activated, ms"
	installRequests metric = "install: requests"
	installBytes    metric = "install: MB sent"
	installPeak     metric = "install: most at once"
	cacheUsage      metric = "install: MB of storage"
	updated         metric = "update: installed, ms"
	updateRequests  metric = "update: requests"
	updateBytes     metric = "update: kB sent"
	coldFetch       metric = "cold: fetch, ms"
	coldStart       metric = "cold: page, first byte, ms"
	coldEnd         metric = "cold: page, last byte, ms"
	warmFetch       metric = "warm: fetch, ms"
	warmStart       metric = "warm: page, first byte, ms"
	warmEnd         metric = "warm: page, last byte, ms"
)

var metrics = []metric{installed, activated, installRequests, installBytes, installPeak, cacheUsage,
	updated, updateRequests, updateBytes, coldFetch, coldStart, coldEnd, warmFetch, warmStart, warmEnd}

// A browserLimit is the least that Workbox may take of what swgen takes.
type browserLimit struct {
	files   int
	delayed bool // whether requests take 20 ms or more
	metric  metric
	atLeast float64
}

var browserLimits = []browserLimit{
	{1_000, false, activated, 1.7},
	{1_000, true, activated, 3},
	{1_000, false, updated, 8},
	{1_000, false, coldFetch, 1 / 0.6},
	{5_000, false, coldFetch, 1 / 0.3},
}

// A racer is one side of the comparison, with its workers of a site's two
// versions and what each round has measured.
type racer struct {
	name     string
	args     []string
	old, new []byte
	rounds   []map[metric]float64
}

type browserFlags struct {
	common
	rounds  int
	delay   time.Duration
	what    string
	samples int
	changed int
}

func (f *browserFlags) does(what string) bool {
	return slices.Contains(strings.Split(f.what, ","), what)
}

// browser compares the workers in Chromium.
func browser(args []string) error {
	flags := flag.NewFlagSet("browser", flag.ExitOnError)
	f := browserFlags{common: common{files: counted{1000, 5000}}}
	f.register(flags)
	flags.IntVar(&f.rounds, "rounds", 3, "rounds; each runs every worker once, in a new browser")
	flags.DurationVar(&f.delay, "delay", 0, "how long the server waits before each answer; then only installs are measured")
	flags.StringVar(&f.what, "what", "update,answers", "what to measure beside installs; \"\" is nothing")
	flags.IntVar(&f.samples, "samples", 20, "answers of a stopped worker in each round")
	flags.IntVar(&f.changed, "changed", 10, "`files` that an update changes")
	gate := flags.Bool("gate", false, "fail if swgen misses its limits (see browser.go)")
	command := flags.String("swgen", "", "run this `command` as swgen; it has {site}, {out}, {swgen}")
	base := flags.String("base", "", "compare with what this `command` writes to {out}/sw.js, instead of with Workbox")
	flags.Parse(args)
	if f.rounds < 1 || flags.NArg() > 0 {
		return errors.New("browser takes flags only, and at least one round")
	}
	if f.delay > 0 {
		f.what = ""
	}
	t, err := newTools(needs{swgen: true, command: *command, workbox: *base == ""})
	if err != nil {
		return err
	}
	defer t.close()
	if len(t.swgen) == 0 {
		return errors.New("there is no swgen to compare")
	}
	other := racer{name: "workbox", args: t.workboxCommand("generate", "{site}", "{out}/"+workerPath)}
	if *base != "" {
		other = racer{name: "base", args: strings.Fields(*base)}
	}

	fmt.Printf("%s/%s, %d CPUs%s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	var missed []string
	for _, n := range f.files {
		racers := []*racer{{name: other.name, args: other.args}, {name: "swgen", args: t.swgen}}
		if err := t.race(&f, n, racers); err != nil {
			return err
		}
		printRace(os.Stdout, fmt.Sprintf("%d files, %v delay, %d rounds%s", n, f.delay, f.rounds, load()), racers[0], racers[1])
		if *gate {
			missed = append(missed, judgeRace(os.Stdout, n, f.delay, racers[0], racers[1])...)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("gate missed:\n  %s", strings.Join(missed, "\n  "))
	}
	return nil
}

// race runs all rounds on a site of n files.
func (t *tools) race(f *browserFlags, n int, racers []*racer) error {
	site, err := t.prepare(corpus{files: n}, f.corpus, racers, func(r *racer, worker []byte) { r.old = worker })
	if err != nil {
		return err
	}
	var changed fstest.MapFS
	if f.does("update") {
		changed, err = t.prepare(corpus{files: n, changed: f.changed}, f.corpus, racers, func(r *racer, worker []byte) { r.new = worker })
		if err != nil {
			return err
		}
	}
	samples := f.samples
	if !f.does("answers") {
		samples = 0
	}
	for round := range f.rounds {
		for i := range racers {
			r := racers[(i+round)%len(racers)]
			values, err := runTrial(job{old: r.old, new: r.new, site: site, changed: changed,
				delay: f.delay, samples: samples, round: round})
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			r.rounds = append(r.rounds, values)
		}
	}
	return nil
}

// prepare writes a corpus and makes each racer's worker of it.
func (t *tools) prepare(c corpus, root string, racers []*racer, keep func(*racer, []byte)) (fstest.MapFS, error) {
	dir, err := c.write(root)
	if err != nil {
		return nil, err
	}
	for _, r := range racers {
		worker, err := t.worker(r.args, workerPath, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		keep(r, worker)
	}
	return loadSite(dir)
}

func (r *racer) values(m metric) []float64 {
	var list []float64
	for _, round := range r.rounds {
		if value, ok := round[m]; ok {
			list = append(list, value)
		}
	}
	return list
}

// raceRatios divides round by round; it is nil for what was not measured.
func raceRatios(m metric, a, b *racer) []float64 {
	over, under := a.values(m), b.values(m)
	if len(over) == 0 || len(over) != len(under) {
		return nil
	}
	for i := range over {
		over[i] /= under[i]
	}
	return over
}

func printRace(w io.Writer, title string, other, swgen *racer) {
	fmt.Fprintf(w, "\n%s\n", title)
	tab := newTable(w)
	fmt.Fprintf(tab, "%s\t%s\tswgen\t%[2]s / swgen\tmin\tmax\t\n", label("medians"), other.name)
	for _, m := range metrics {
		ratio := raceRatios(m, other, swgen)
		if ratio == nil {
			continue
		}
		fmt.Fprintf(tab, "%s\t%.4g\t%.4g\t%.2f\t%.2f\t%.2f\t\n", label(string(m)),
			median(other.values(m)), median(swgen.values(m)), median(ratio), slices.Min(ratio), slices.Max(ratio))
	}
	tab.Flush()
}

func judgeRace(w io.Writer, files int, delay time.Duration, other, swgen *racer) (missed []string) {
	fmt.Fprintln(w)
	delayed := delay >= 20*time.Millisecond
	judged := false
	for _, l := range browserLimits {
		ratio := raceRatios(l.metric, other, swgen)
		if l.files != files || l.delayed != delayed || ratio == nil || delay > 0 && !delayed {
			continue
		}
		judged = true
		line := fmt.Sprintf("%d files: %s, %s / swgen is %.2f, want >= %.2f", files, l.metric, other.name, median(ratio), l.atLeast)
		word := "ok"
		if median(ratio) < l.atLeast {
			word = "MISSED"
			missed = append(missed, line)
		}
		fmt.Fprintf(w, "gate: %s: %s\n", line, word)
	}
	if !judged {
		fmt.Fprintf(w, "gate: no limits for %d files with a delay of %v\n", files, delay)
	}
	return missed
}

// load tells how busy the machine is, where the system says so.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return ", load " + strings.Join(strings.Fields(string(text))[:1], "")
}
