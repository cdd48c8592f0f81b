package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/options"
)

// common are the flags that several commands have.
type common struct {
	config                       string
	quiet, verbose, dryRun, json bool
	color                        string
	options                      *options.Flags
}

// addTo defines the flags: talk for every command, options (all, or those
// named) for those that build.
func (c *common) addTo(cmd *cobra.Command, only ...string) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&c.config, "config", "c", "", "read the configuration from `FILE` instead of swgen.yaml, swgen.yml or swgen.json here")
	flags.BoolVarP(&c.quiet, "quiet", "q", false, "print errors and warnings only")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "print every file, rule and finding")
	flags.StringVar(&c.color, "color", "auto", "`WHEN` to colour the text: auto, always or never")
	c.options = options.AddFlags(flags, only...)
	for _, o := range c.options.Options() {
		if o.Enum != nil {
			cmd.RegisterFlagCompletionFunc(o.Flag(), cobra.FixedCompletions(o.Enum, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	if flags.Lookup("host") != nil {
		cmd.RegisterFlagCompletionFunc("host", cobra.FixedCompletions(hostNames(), cobra.ShellCompDirectiveNoFileComp))
	}
	cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]cobra.Completion{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

func (c *common) check() error {
	if c.quiet && c.verbose {
		return &usageError{"--quiet and --verbose exclude each other", ""}
	}
	if colors := []string{"auto", "always", "never"}; !slices.Contains(colors, c.color) {
		hint := "it is auto, always or never"
		if near := options.Nearest(c.color, colors); near != "" {
			hint = "did you mean " + near + "?"
		}
		return &usageError{"--color cannot be " + c.color, hint}
	}
	return nil
}

func (c *common) load(a *app) (*options.Loaded, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	loaded, err := options.Load(options.Sources{Dir: ".", File: c.config, Environ: a.environ, Flags: c.options})
	if err != nil {
		return nil, err
	}
	finding.Sort(loaded.Findings)
	return loaded, nil
}

// open reads the configuration and opens the site.
func (c *common) open(a *app, dir string) (*options.Loaded, *site, error) {
	loaded, err := c.load(a)
	if err != nil {
		return nil, nil, err
	}
	loaded.Config.Project = os.DirFS(filepath.Dir(loaded.File)) // "." without a file
	site, err := openSite(dir)
	return loaded, site, err
}

// paint decides whether text to a terminal or another place is coloured.
func (c *common) paint(a *app, terminal bool) painter {
	switch c.color {
	case "always":
		return true
	case "never":
		return false
	}
	return painter(terminal && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb")
}

// painter colours text, or leaves it.
type painter bool

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
	dim    = "2"
)

func (p painter) in(color, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}
