package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func manifestCommand(a *app) *cobra.Command {
	c := &common{}
	cmd := &cobra.Command{
		Use:   "manifest DIR",
		Short: "Print the manifest of a site as JSON",
		Long: "Print what the worker of a site would precache, as JSON, and write nothing.\n" +
			"With -v, what is left out and why goes to stderr.",
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	c.addTo(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.printManifest(cmd.Context(), a, args[0]) }
	return cmd
}

func (c *common) printManifest(ctx context.Context, a *app, dir string) error {
	loaded, site, err := c.open(a, dir)
	if err != nil {
		return err
	}
	result, err := a.build(ctx, site.files, loaded.Config)
	if err != nil {
		return err
	}
	r := newReport(site, result, loaded)
	paint := c.paint(a, a.talk)
	c.tellFindings(a.stderr, paint, r.Findings)
	if c.verbose {
		t := &lines{paint: paint}
		r.leftOut(t, true)
		io.Copy(a.stderr, strings.NewReader(t.String()))
	}
	if r.Failed {
		return errFindings
	}
	text := result.Manifest.Encode()
	return a.print(string(text))
}
