package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen/internal/host"
)

func hostsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "hosts",
		Short: "List the hosts whose rules are known",
		Long:  "List the hosts whose rules are known: the name for --host, where the rules come from and when they were read.",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			var out strings.Builder
			for _, p := range host.Profiles() {
				fmt.Fprintf(&out, "%-24s %s\n%-24s %s, %s\n", p.ID, p.Name, "", p.Source, p.Date)
			}
			return a.print(out.String())
		},
	}
}

func hostNames() []cobra.Completion {
	var names []cobra.Completion
	for _, p := range host.Profiles() {
		names = append(names, cobra.CompletionWithDesc(p.ID, p.Name))
	}
	return names
}
