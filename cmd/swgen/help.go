package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swgen/swgen/internal/options"
)

// usage prints commands and flags; those of options in their sections.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s\n", strings.TrimSpace(cmd.UseLine()))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-12s %s\n", c.Name(), c.Short)
			}
		}
	}
	sections := []string{""}
	sets := map[string]*pflag.FlagSet{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		section := strings.Join(f.Annotations[options.GroupAnnotation], "")
		if sets[section] == nil {
			sets[section] = pflag.NewFlagSet("", pflag.ContinueOnError)
			sets[section].SortFlags = false
		}
		sets[section].AddFlag(f)
		if !slices.Contains(sections, section) {
			sections = append(sections, section)
		}
	})
	for _, section := range sections {
		if sets[section] == nil {
			continue
		}
		title := "Flags"
		if section != "" {
			title = "Options, " + section
		}
		fmt.Fprintf(&b, "\n%s:\n%s", title, sets[section].FlagUsagesWrapped(110))
	}
	if len(sections) > 1 {
		b.WriteString("\nOptions can also be set in swgen.yaml and by environment variables: docs/reference.md.\n")
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}
