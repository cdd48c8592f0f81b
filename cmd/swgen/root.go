package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swgen/swgen/internal/options"
)

const about = `swgen makes a static site work offline. It lists the files that your site's
generator wrote, and writes a service worker that precaches them.

Nothing needs to be configured: swgen public`

// newRoot makes the commands. The root is build under a shorter name.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:               "swgen [build] [DIR]",
		Short:             "Make a static site work offline",
		Long:              about,
		SilenceErrors:     true,
		SilenceUsage:      true,
		ValidArgsFunction: directories,
		Version:           versionText(),
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(usage)
	a.asBuild(root)
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 && !isDir(args[0]) {
			if err := notACommand(cmd, args[0]); err != nil {
				return err
			}
		}
		return oneDirectory(cmd, args)
	}
	root.AddCommand(buildCommand(a), verifyCommand(a), watchCommand(a), serveCommand(a), explainCommand(a), manifestCommand(a), killCommand(a), hostsCommand(a), headersCommand(a), versionCommand(a))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// notACommand is for the first word of swgen WORD, which may be a command
// misspelt or a directory that is not there.
func notACommand(cmd *cobra.Command, word string) error {
	if strings.ContainsAny(word, `/\.`) {
		return nil // a path; opening it tells what is wrong
	}
	if _, err := os.Lstat(word); err == nil {
		return nil
	}
	var names []string
	for _, c := range cmd.Root().Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if near := options.Nearest(word, names); near != "" {
		return &usageError{fmt.Sprintf("unknown command %q", word), fmt.Sprintf("did you mean %s?", near)}
	}
	return &usageError{
		fmt.Sprintf("%q is neither a command nor a directory", word),
		orText(suggestSite(), "commands are "+strings.Join(names, ", ")),
	}
}

// oneDirectory is the argument of most commands.
func oneDirectory(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return &usageError{
			"which directory holds the site?",
			orText(suggestSite(), "give the directory that the site's generator writes: "+cmd.CommandPath()+" DIR"),
		}
	case len(args) > 1:
		return &usageError{fmt.Sprintf("one directory at a time, not %d: %s", len(args), strings.Join(args, " ")), ""}
	}
	return nil
}

// noArguments is for commands that take none.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Sprintf("unexpected argument %q", args[0]), ""}
	}
	return nil
}

func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// flagError adds a suggestion to an unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return &usageError{err.Error(), hintHelp(cmd)}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := options.Nearest(name, names); near != "" {
		return &usageError{"unknown flag --" + name, "did you mean --" + near + "?"}
	}
	for _, o := range options.All() {
		if strings.ReplaceAll(name, "-", "_") == o.Name {
			return &usageError{"unknown flag --" + name, o.Name + " can only be set in a configuration file"}
		}
	}
	return &usageError{"unknown flag --" + name, hintHelp(cmd)}
}

func hintHelp(cmd *cobra.Command) string { return cmd.CommandPath() + " --help lists the flags" }

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
