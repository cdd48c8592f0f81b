package options

import (
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Flags are the options on a command line. They keep what was typed until
// Load reads it: so a wrong value is reported in the same words wherever it
// was given.
type Flags struct{ flags []*flag }

// GroupAnnotation is the annotation of a flag that holds its section.
const GroupAnnotation = "group"

// AddFlags defines the flags of the options named by key, or of all of them.
func AddFlags(set *pflag.FlagSet, only ...string) *Flags {
	f := &Flags{}
	for _, o := range settable() {
		if len(only) > 0 && !slices.Contains(only, o.Key()) {
			continue
		}
		value := &flag{option: o}
		defined := set.VarPF(value, o.Flag(), o.Short, o.usage())
		if o.Kind == Switch {
			defined.NoOptDefVal = "true"
		}
		defined.Annotations = map[string][]string{GroupAnnotation: {o.Section}}
		f.flags = append(f.flags, value)
	}
	return f
}

// Options lists the options that have a flag.
func (f *Flags) Options() []Option {
	list := make([]Option, len(f.flags))
	for i, value := range f.flags {
		list[i] = value.option
	}
	return list
}

func (f *Flags) apply(config reflect.Value) (mistakes Errors) {
	for _, value := range f.flags {
		if value.texts == nil {
			continue
		}
		o := value.option
		if m := o.set(value.texts, config); m != nil {
			mistakes = append(mistakes, &Error{Place: "--" + o.Flag(), Message: m.message, Hint: m.hint})
		}
	}
	return mistakes
}

// usage is the comment without its subject, as help texts are written. The
// back quote means something to pflag.
func (o Option) usage() string {
	text := strings.TrimPrefix(o.Doc, o.Name+" ")
	text = strings.TrimSuffix(strings.TrimPrefix(text, "is "), ".")
	text = strings.ReplaceAll(text, "`", "'")
	switch {
	case o.Kind == List && o.Default != "":
		text += " (repeatable; default " + o.Default + ")"
	case o.Kind == List:
		text += " (repeatable)"
	case o.Default != "":
		text += " (default " + o.Default + ")"
	case o.Unset != "":
		text += " (default: " + o.Unset + ")"
	}
	return text
}

// flag is the pflag.Value of one option.
type flag struct {
	option Option
	texts  []string
}

func (f *flag) Set(text string) error {
	f.texts = append(f.texts, text)
	return nil
}

// String is the default in pflag's eyes; usage tells it.
func (f *flag) String() string { return "" }

// Type is the placeholder in the help text.
func (f *flag) Type() string {
	switch f.option.Kind {
	case Switch:
		return "bool"
	case Choice:
		return strings.Join(f.option.Enum, "|")
	case List:
		return "glob"
	case Text:
		return "text"
	}
	return string(f.option.Kind)
}
