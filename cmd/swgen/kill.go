package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

func killCommand(a *app) *cobra.Command {
	c := &common{}
	cmd := &cobra.Command{
		Use:   "kill DIR",
		Short: "Write a worker that removes swgen from visitors' browsers",
		Long: `Write a worker that removes itself, swgen's caches and nothing else from the
browser of every visitor. Deploy it in place of the worker, and keep it for as
long as visitors may come back, a year for instance: a browser that finds no
worker at the old address keeps the old one.

The worker of a predecessor is removed by the same file under its name:
  swgen kill public --worker service-worker.js`,
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&c.dryRun, "dry-run", "n", false, "say what would be written, and write nothing")
	flags.BoolVar(&c.json, "json", false, "print the result as JSON")
	c.addTo(cmd, "worker", "register", "register_script", "debug")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.writeKill(cmd.Context(), a, args[0]) }
	return cmd
}

func (c *common) writeKill(ctx context.Context, a *app, dir string) error {
	start := a.now()
	loaded, site, err := c.open(a, dir)
	if err != nil {
		return err
	}
	result, err := a.kill(loaded.Config)
	if err != nil {
		return err
	}
	r := newReport(site, result, loaded)
	r.kill, r.DryRun = true, c.dryRun
	r.Found, r.Files, r.Version = nil, nil, "" // there is nothing of a site in it
	if !r.Failed {
		b := &building{common: *c}
		if r.changes, err = b.write(ctx, site, result, loaded.Config); err != nil {
			return err
		}
	}
	r.Milliseconds = a.now().Sub(start).Round(time.Millisecond).Milliseconds()
	return c.show(a, r)
}
