package main

import (
	"fmt"
	"io"
	"slices"
)

// A limit is what swgen must keep on a site of that many files. A zero field
// is no limit. All are ratios within one run, except peakMB: memory does not
// depend on the machine's speed.
type limit struct {
	files    int
	cpu      float64 // generateSW / swgen, at least
	overhead float64 // swgen / floor in CPU, at most
	peakMB   float64 // swgen's peak memory, at most
	memory   float64 // generateSW / swgen in peak memory, at least
}

// At 1,000 files the fixed cost of a build (starting, bundling the worker: 20 ms
// of CPU) is as much as hashing, so only larger sites are held to the floor. At
// 100,000, where both mostly read and hash, the floor itself is only 10 to 11
// times quicker than Workbox, so a build within 1.3 of it cannot be 10 times.
var limits = []limit{
	{files: 1_000, cpu: 40},
	{files: 10_000, cpu: 15, overhead: 1.3, peakMB: 64},
	{files: 100_000, cpu: 7.5, overhead: 1.3, memory: 20},
}

// judge prints a line for each limit of this site and returns those missed.
func (r *result) judge(w io.Writer) (missed []string) {
	fmt.Fprintln(w)
	for _, l := range limits {
		if l.files != r.files {
			continue
		}
		return r.judgeLimit(w, l)
	}
	fmt.Fprintf(w, "gate: no limits for %d files\n", r.files)
	return nil
}

func (r *result) judgeLimit(w io.Writer, l limit) (missed []string) {
	check := func(name string, got float64, atLeast bool, want float64) {
		if want == 0 {
			return
		}
		if got == 0 {
			fmt.Fprintf(w, "gate: %s is unknown on this system, not judged\n", name)
			return
		}
		sign, good := "<=", got <= want
		if atLeast {
			sign, good = ">=", got >= want
		}
		line := fmt.Sprintf("%d files: %s is %.2f, want %s %g", r.files, name, got, sign, want)
		word := "ok"
		if !good {
			word = "MISSED"
			missed = append(missed, line)
		}
		fmt.Fprintf(w, "gate: %s: %s\n", line, word)
	}
	check("CPU, generateSW / swgen", median(ratios(r.generateSW, r.swgen, cpuSeconds)), true, l.cpu)
	check("CPU, swgen / floor", median(ratios(r.swgen, r.floor, cpuSeconds)), false, l.overhead)
	check("swgen's peak MB", slices.Max(r.swgen.values(peakMB)), false, l.peakMB)
	check("peak memory, generateSW / swgen", median(ratios(r.generateSW, r.swgen, peakMB)), true, l.memory)
	return missed
}
