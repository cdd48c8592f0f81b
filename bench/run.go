package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A contender is one command line that is measured. Its arguments have the
// placeholders {site} and {out}.
type contender struct {
	name string
	args []string
	// files says how many files a finished run has seen, by what it printed or
	// wrote; nil where nothing tells.
	files func(stdout []byte, out string) (int, error)
	// output is the file that a run must leave in {out}, or "".
	output string
}

// Cost is what one run took.
type cost struct {
	cpu, wall time.Duration
	peak      int64 // bytes; 0: unknown on this system
}

// run runs c once on site, in a fresh {out}, and checks that the work was done:
// a benchmark of a command that failed half-way flatters it.
func (t *tools) run(c contender, site string, files int) (cost, error) {
	out, err := os.MkdirTemp(t.dir, "out-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(out)
	spent, stdout, err := t.spend(expand(c.args, "{site}", site, "{out}", out))
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w", c.name, err)
	}
	if c.files != nil {
		n, err := c.files(stdout, out)
		if err != nil {
			return cost{}, fmt.Errorf("%s: cannot read its output: %w", c.name, err)
		}
		if n != files {
			return cost{}, fmt.Errorf("%s saw %d files of %d", c.name, n, files)
		}
	}
	if c.output != "" {
		if info, err := os.Stat(filepath.Join(out, c.output)); err != nil {
			return cost{}, fmt.Errorf("%s wrote no worker: %w", c.name, err)
		} else if info.Size() == 0 {
			return cost{}, fmt.Errorf("%s wrote an empty worker", c.name)
		}
	}
	return spent, nil
}

// spend runs a command below measure, with its standard output in a file: a
// pipe would make the two processes wait for each other.
func (t *tools) spend(args []string) (c cost, stdout []byte, err error) {
	report := filepath.Join(t.dir, "report")
	printed, err := os.Create(filepath.Join(t.dir, "stdout"))
	if err != nil {
		return c, nil, err
	}
	defer printed.Close()
	cmd := exec.Command(t.measure, append([]string{report}, args...)...)
	var talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = printed, &talk
	if err := cmd.Run(); err != nil {
		return c, nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, talk.Bytes())
	}
	line, err1 := os.ReadFile(report)
	stdout, err2 := os.ReadFile(printed.Name())
	if err := errors.Join(err1, err2); err != nil {
		return c, nil, err
	}
	_, err = fmt.Sscan(string(line), &c.cpu, &c.wall, &c.peak)
	return c, stdout, err
}

// instrument is the least peak memory that measure can report.
func (t *tools) instrument() (int64, error) {
	c, _, err := t.spend([]string{t.measure})
	return c.peak, err
}

// A sample holds the runs of one contender, one a round.
type sample struct {
	contender
	runs []cost
}

func (s *sample) values(of func(cost) float64) []float64 {
	list := make([]float64, len(s.runs))
	for i, c := range s.runs {
		list[i] = of(c)
	}
	return list
}

func cpuSeconds(c cost) float64  { return c.cpu.Seconds() }
func wallSeconds(c cost) float64 { return c.wall.Seconds() }
func peakMB(c cost) float64      { return float64(c.peak) / 1e6 }

// ratios divides round by round: what disturbs a round disturbs both sides.
// It is nil if the quantity is unknown.
func ratios(a, b *sample, of func(cost) float64) []float64 {
	if a == nil || b == nil {
		return nil
	}
	over, under := a.values(of), b.values(of)
	for i := range over {
		if over[i] == 0 || under[i] == 0 {
			return nil
		}
		over[i] /= under[i]
	}
	return over
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}
