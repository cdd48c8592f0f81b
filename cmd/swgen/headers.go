package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/output"
)

// heading are the flags of headers.
type heading struct {
	common
	write bool
}

func headersCommand(a *app) *cobra.Command {
	h := &heading{}
	cmd := &cobra.Command{
		Use:   "headers HOST [DIR]",
		Short: "Print the caching headers that a site with a worker wants, as its host reads them",
		Long: "Print the headers that a site with a worker wants, in the form that a host reads: the worker's file is to\n" +
			"be asked for each time; files of DIR whose names change with their content may be kept for ever.\n" +
			"With --write they are put into the host's file, beside what it holds already.",
		Example: "  swgen headers netlify public\n  swgen headers netlify public --write",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return &usageError{"which host, and which directory?", "swgen hosts lists the hosts: " + cmd.CommandPath() + " netlify public"}
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return hostNames(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&h.write, "write", false, "put them into the file that the host reads")
	h.addTo(cmd, "base", "worker")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return h.run(cmd.Context(), a, args[0], args[1:]) }
	return cmd
}

func (h *heading) run(ctx context.Context, a *app, id string, dirs []string) error {
	if _, err := host.ByID(id); err != nil {
		return &usageError{err.Error(), ""}
	}
	loaded, err := h.load(a)
	if err != nil {
		return err
	}
	var dir *site
	var files fs.FS
	if len(dirs) > 0 {
		if dir, err = openSite(dirs[0]); err != nil {
			return err
		}
		files = dir.files
	} else if h.write {
		return &usageError{"--write needs the directory of the site", ""}
	}
	rules, base, err := swgen.HeaderRules(files, loaded.Config)
	if err != nil {
		return err
	}
	on, err := host.New(id, host.Options{Base: base, Has: func(string) bool { return false }})
	if err != nil {
		return err
	}
	if h.write {
		return h.merge(ctx, a, dir, on, rules)
	}
	block, err := on.HeaderBlock(rules)
	if errors.Is(err, host.ErrNoHeaders) {
		return &usageError{err.Error(), "nothing is needed: browsers ask for the worker's file past their caches, and swgen's workers past all others"}
	}
	if err != nil {
		return err
	}
	return a.print(block)
}

// merge puts the rules into the host's file.
func (h *heading) merge(ctx context.Context, a *app, s *site, on *host.Host, rules []host.HeaderRule) error {
	name, inSite := on.HeadersFile()
	if name == "" {
		return &usageError{on.Name + " reads no file that could be changed here", "without --write the rules are printed"}
	}
	dir := "."
	if inSite {
		dir = s.dir
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	merged, err := on.MergeHeaders(string(text), rules)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	changes, err := output.Put(ctx, dir, []output.File{{Path: name, Content: func() ([]byte, error) { return []byte(merged), nil }}})
	if err != nil {
		return err
	}
	if !h.quiet {
		for _, c := range changes {
			err = a.print(fmt.Sprintf("%-10s %s\n", c.State, filepath.Join(dir, c.Path)))
		}
	}
	return err
}
