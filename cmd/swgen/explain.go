package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen"
)

// explaining are the flags of explain.
type explaining struct {
	common
}

func explainCommand(a *app) *cobra.Command {
	e := &explaining{}
	cmd := &cobra.Command{
		Use:   "explain WHAT DIR",
		Short: "Say all about one file or address of a site: precached or why not, who needs it, what is answered",
		Long: "Say why a file of the site in DIR is precached or not, which pages need it and where they say so, which\n" +
			"addresses its host has for it, and what a browser with the worker gets there, with a network and without.\n" +
			"WHAT is a path in the site, an address such as /repo/about, or a whole URL. Nothing is written.",
		Example: "  swgen explain img/logo.svg public\n  swgen explain /repo/about public --host github-pages",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{"explain what, of which site?", "give a path or an address, and the site's directory: " + cmd.CommandPath() + " /about public"}
			}
			return nil
		},
		ValidArgsFunction: directories,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&e.json, "json", false, "print the result as JSON")
	e.addTo(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if isDir(args[0]) && !isDir(args[1]) {
			args[0], args[1] = args[1], args[0]
		}
		return e.run(cmd.Context(), a, args[0], args[1])
	}
	return cmd
}

func (e *explaining) run(ctx context.Context, a *app, what, dir string) error {
	loaded, site, err := e.open(a, dir)
	if err != nil {
		return err
	}
	result, err := a.build(ctx, site.files, loaded.Config)
	if err != nil {
		return err
	}
	if result.Failed(false) {
		e.tellFindings(a.stderr, e.paint(a, a.talk), newReport(site, result, loaded).Findings)
		return errFindings
	}
	// A path as the shell completes it is one from here.
	if in, found := strings.CutPrefix(filepath.ToSlash(filepath.Clean(what)), filepath.ToSlash(filepath.Clean(dir))+"/"); found {
		what = in
	}
	x, err := swgen.Explain(ctx, site.files, result, what)
	if err != nil {
		return err
	}
	if e.json {
		err = a.print(encode(x))
	} else {
		err = a.print(explained(x, e.paint(a, a.terminal), e.verbose))
	}
	if err == nil && x.File == "" && len(x.NeededBy) == 0 {
		return errFindings
	}
	return err
}

// explained is an explanation for people.
func explained(x *swgen.Explanation, paint painter, verbose bool) string {
	t := &lines{paint: paint}
	switch {
	case x.File == "" && strings.Contains(x.Asked, "://") && x.Answers == nil:
		t.add("file", "none: "+x.Asked+" is of another origin")
	case x.File == "":
		t.add("file", "none of the site is called or answers to "+x.Asked)
		t.add("like it", strings.Join(x.Like, ", "))
	default:
		t.add("file", x.File)
		t.add("role", x.Role)
		t.add("precached", precachedText(x))
	}
	if x.Dropped != "" {
		t.add("host", "does not serve it, "+x.Dropped)
	}
	neededText(t, x, verbose)
	if p := x.Page; p != nil {
		t.add("offline", fmt.Sprintf("the page %s", p.Fate))
		for _, r := range p.Reasons {
			at := ""
			if r.In != "" {
				at = fmt.Sprintf(" (%s:%d)", r.In, r.Line)
			}
			t.add("", fmt.Sprintf("%s %s%s", r.URL, r.Why, at))
		}
	}
	for _, one := range x.Answers {
		asked := one.URL
		if one.Outside {
			asked += ", outside of the worker's scope"
		}
		t.add("asked", asked)
		t.add("  online", answerText(one.Online, x.File))
		t.add("  offline", answerText(one.Offline, x.File))
	}
	return t.String()
}

func precachedText(x *swgen.Explanation) string {
	switch p := x.Precached; {
	case p == nil && x.LeftOut == "":
		return "no"
	case p == nil:
		return "no: " + x.LeftOut
	case p.Optional:
		return fmt.Sprintf("as %s, %s; an install may do without it", p.URL, size(p.Bytes))
	default:
		return fmt.Sprintf("as %s, %s; an install must have it", p.URL, size(p.Bytes))
	}
}

// neededText says which pages need it, and where that is written.
func neededText(t *lines, x *swgen.Explanation, verbose bool) {
	few := 4
	if verbose {
		few = max(len(x.Pages), len(x.NeededBy))
	}
	switch {
	case len(x.Pages) > 0:
		t.add("needed by", count(len(x.Pages), "page")+": "+strings.Join(x.Pages[:min(few, len(x.Pages))], ", ")+andMore(len(x.Pages)-few))
	case x.File != "" && x.Page == nil:
		t.add("needed by", "no page, as far as can be seen")
	}
	for _, n := range x.NeededBy[:min(few, len(x.NeededBy))] {
		t.add("", fmt.Sprintf("%s  %s, %s", needPlace(n), n.Kind, n.Weight))
	}
	if more := len(x.NeededBy) - few; more > 0 {
		t.add("", fmt.Sprintf("and at %s more", count(more, "place")))
	}
}

func needPlace(n swgen.Need) string {
	if n.Line == 0 {
		return n.In
	}
	return fmt.Sprintf("%s:%d", n.In, n.Line)
}

func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// answerText is what a browser gets.
func answerText(a swgen.Answer, file string) string {
	if a.Error != "" {
		return "nothing: " + a.Error
	}
	text := fmt.Sprintf("%d from the %s", a.Status, a.From)
	if a.At != "" {
		text += ", at " + a.At
	}
	if !a.File && file != "" {
		text += ", not with the content of the file"
	}
	return text
}
