// Package options is the way from a file, the environment and a command line
// to a swgen.Config, and from the Config's declaration to its JSON Schema and
// reference page. It does not know what any option means.
//
// Nothing is declared here: names, types, defaults and permitted values come
// from the fields of swgen.Config and their tags, by reflection, and the texts
// from their comments, which docs_gen.go carries into the binary.
package options

import (
	"reflect"
	"strings"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/manifest"
)

//go:generate go run ./generate docs
//go:generate go run ./generate pages

// Kind is what sort of value an option takes.
type Kind string

// The kinds. Group is a set of named options, Groups a list of such sets;
// lists and sets of anything else do not exist.
const (
	Text     Kind = "text"
	Choice   Kind = "choice"
	Switch   Kind = "true or false"
	Number   Kind = "number"
	Size     Kind = "size"
	Duration Kind = "duration"
	List     Kind = "list of texts"
	Group    Kind = "group"
	Groups   Kind = "list of groups"
)

// Option is one option as the Config declares it.
type Option struct {
	// Name is the key in the file, such as max_file_size.
	Name string
	Kind Kind
	// Enum lists the values that a Choice takes.
	Enum []string
	// Default is the value that stands for an unset option, Unset says in
	// words what happens then; at most one is set.
	Default, Unset string
	// Section is the part of the reference that describes the option.
	Section string
	// Short is the one-letter flag.
	Short string
	// Required says that a group without the option makes no sense.
	Required bool
	// Doc is the comment of the field, with option names for field names.
	Doc string
	// Fields are the options of a Group or of each of the Groups.
	Fields []Option

	parent string // key of the Group around it
	index  []int  // for reflect.Value.FieldByIndex
}

// Key names the option in the whole configuration: prompt_text.message.
func (o Option) Key() string {
	if o.parent == "" {
		return o.Name
	}
	return o.parent + "." + o.Name
}

// Flag is the option's long flag without dashes; "" when only a file can set it.
func (o Option) Flag() string {
	if o.Kind == Group || o.Kind == Groups {
		return ""
	}
	return strings.NewReplacer("_", "-", ".", "-").Replace(o.Key())
}

// Env is the option's environment variable; "" when only a file can set it.
func (o Option) Env() string {
	flag := o.Flag()
	if flag == "" {
		return ""
	}
	return "SWGEN_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// All lists the options in the order of their declaration.
func All() []Option { return describe(reflect.TypeFor[swgen.Config](), "", nil) }

// settable lists the options that flags and environment can set: groups are
// replaced by what they hold.
func settable() []Option {
	var flat []Option
	for _, o := range All() {
		switch o.Kind {
		case Group:
			flat = append(flat, o.Fields...)
		case Groups:
		default:
			flat = append(flat, o)
		}
	}
	return flat
}

func describe(t reflect.Type, parent string, index []int) []Option {
	options := make([]Option, 0, t.NumField())
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Tag.Get("yaml") == "-" {
			continue // for callers of the Go API
		}
		o := Option{
			Name:     field.Tag.Get("yaml"),
			Default:  field.Tag.Get("default"),
			Unset:    field.Tag.Get("unset"),
			Section:  field.Tag.Get("group"),
			Short:    field.Tag.Get("short"),
			Required: field.Tag.Get("required") == "true",
			Doc:      doc(t, field),
			parent:   parent,
			index:    append(append([]int(nil), index...), i),
		}
		if enum := field.Tag.Get("enum"); enum != "" {
			o.Enum = strings.Split(enum, ",")
		}
		o.Kind = kindOf(field.Type, o.Enum)
		switch o.Kind {
		case Group:
			o.Fields = describe(field.Type, o.Key(), o.index)
			for j := range o.Fields {
				o.Fields[j].Section = o.Section
			}
		case Groups:
			o.Fields = describe(field.Type.Elem(), "", nil)
		}
		options = append(options, o)
	}
	return options
}

// kindOf panics on a type it does not know: a new kind of option is a change
// of this package, and every test would show it.
func kindOf(t reflect.Type, enum []string) Kind {
	switch {
	case t == reflect.TypeFor[manifest.Size]():
		return Size
	case t == reflect.TypeFor[time.Duration]():
		return Duration
	case t.Kind() == reflect.String && enum != nil:
		return Choice
	case t.Kind() == reflect.String:
		return Text
	case t.Kind() == reflect.Bool:
		return Switch
	case t.Kind() == reflect.Int:
		return Number
	case t.Kind() == reflect.Struct:
		return Group
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return List
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return Groups
	}
	panic("options: no kind for " + t.String())
}

// doc is the comment of a field. Where it mentions fields of the same struct
// by their Go names, readers get the names that they can write.
func doc(t reflect.Type, field reflect.StructField) string {
	text := docs[t.Name()+"."+field.Name]
	words := strings.SplitAfter(text, " ")
	for i, word := range words {
		bare := strings.TrimRight(word, " ,.;:")
		other, found := t.FieldByName(bare)
		// Only URL is a word and a field alike.
		if found && (i == 0 || strings.ToUpper(bare) != bare) {
			words[i] = other.Tag.Get("yaml") + word[len(bare):]
		}
	}
	return strings.Join(words, "")
}
