package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE:  func(*cobra.Command, []string) error { return a.print(versionText() + "\n") },
	}
}

// versionText is the version of the module and the revision that it was built
// from, as the Go command recorded them.
func versionText() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "swgen (unknown version)"
	}
	version, revision, modified := info.Main.Version, "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	if version == "" {
		version = "(devel)"
	}
	text := "swgen " + version
	if revision != "" {
		text += fmt.Sprintf(" (%.12s%s)", revision, modified)
	}
	return fmt.Sprintf("%s %s %s/%s", text, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
