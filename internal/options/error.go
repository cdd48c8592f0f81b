package options

import "strings"

// Error is one mistake in the configuration.
type Error struct {
	// Place is where it was made: swgen.yaml:4:1, --update or SWGEN_UPDATE.
	Place string
	// Message says what is wrong, in one line.
	Message string
	// Excerpt shows the line of the file with a mark below the mistake.
	Excerpt string
	// Hint says how to mend it.
	Hint string
}

func (e *Error) Error() string {
	if e.Place == "" {
		return e.Message
	}
	return e.Place + ": " + e.Message
}

// Errors are all mistakes of a configuration, in the order file, environment,
// flags: one run shows them all.
type Errors []*Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}
