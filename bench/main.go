// Command bench compares swgen with Workbox (workbox-build's generateSW), the
// tool that most static sites use today: what a build costs, and how large the
// emitted worker is. Both run here and now on the same files, and what counts
// is their ratio: absolute times of a machine mean nothing on another one.
//
//	go run ./bench build    CPU, wall and memory of a build
//	go run ./bench size     bytes of the worker, its code and its manifest
//	go run ./bench browser  installs, updates and answers of the workers in Chromium
//	go run ./bench codecache  whether a worker's scripts keep their compiled code
//	go run ./bench corpus   only writes a synthetic site, and prints where
//
// It is a tool of this repository, run from within it. See README.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const usage = `usage: go run ./bench COMMAND [FLAGS]

  build   compare what a build costs: CPU, wall, peak memory
  size    compare the emitted workers' bytes, raw and compressed
  browser compare the workers in Chromium: installs, updates, answers
  codecache
          measure whether scripts that a worker stores keep their compiled code
  corpus  write a synthetic site and print its folder

go run ./bench COMMAND -h lists the flags.
`

func main() {
	commands := map[string]func([]string) error{"build": build, "size": size, "browser": browser, "codecache": codecache, "corpus": writeCorpus}
	var command func([]string) error
	if len(os.Args) > 1 {
		command = commands[os.Args[1]]
	}
	if command == nil {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := command(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// counted is a flag of several counts: 1000,10000.
type counted []int

func (c *counted) String() string {
	list := make([]string, len(*c))
	for i, n := range *c {
		list[i] = strconv.Itoa(n)
	}
	return strings.Join(list, ",")
}

func (c *counted) Set(s string) error {
	*c = nil
	for text := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < minCorpus {
			return fmt.Errorf("%q is not a number of files (at least %d)", text, minCorpus)
		}
		*c = append(*c, n)
	}
	return nil
}

// common are the flags that all commands have.
type common struct {
	files  counted
	corpus string
}

func (c *common) register(f *flag.FlagSet) {
	f.Var(&c.files, "n", "`files` per synthetic site, several with commas")
	f.StringVar(&c.corpus, "dir", filepath.Join(os.TempDir(), "swgen-bench"),
		"`folder` of the synthetic sites; complete ones are used again")
}

func writeCorpus(args []string) error {
	flags := flag.NewFlagSet("corpus", flag.ExitOnError)
	c := common{files: counted{1000}}
	c.register(flags)
	changed := flags.Int("changed", 0, "write the second version, in which this `many` files differ")
	flags.Parse(args)
	for _, n := range c.files {
		dir, err := corpus{files: n, changed: *changed}.write(c.corpus)
		if err != nil {
			return err
		}
		fmt.Println(dir)
	}
	return nil
}
