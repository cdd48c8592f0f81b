package options

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swgen/swgen/manifest"
)

// mistake is what is wrong with a value, before anybody knows where it stood.
type mistake struct{ message, hint string }

// parse sets an option of kind Text, Choice, Switch, Number, Size or Duration
// from text: one reading for file, environment and flags.
func (o Option) parse(text string, into reflect.Value) *mistake {
	switch o.Kind {
	case Text:
		into.SetString(text)
	case Choice:
		if !slices.Contains(o.Enum, text) {
			return o.unknownChoice(text)
		}
		into.SetString(text)
	case Switch:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return o.wants(strconv.Quote(text))
		}
		into.SetBool(yes)
	case Number:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return o.wants(strconv.Quote(text))
		}
		into.SetInt(int64(n))
	case Size:
		size, err := manifest.ParseSize(text)
		if err != nil {
			return o.wants(strconv.Quote(text))
		}
		if size == 0 {
			// The zero Config is the default one, so 0 would silently be ignored.
			return &mistake{fmt.Sprintf("%s cannot be 0", o.Key()), "to lift the limit, give a large size such as 100GB"}
		}
		into.SetInt(int64(size))
	case Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return o.wants(strconv.Quote(text))
		}
		into.SetInt(int64(d))
	default:
		panic("options: parse of " + string(o.Kind))
	}
	return nil
}

// wants says what the option takes instead of what it was given.
func (o Option) wants(got string) *mistake {
	want, example := o.takes()
	return &mistake{fmt.Sprintf("%s wants %s, not %s", o.Key(), want, got), example}
}

func (o Option) takes() (want, hint string) {
	switch o.Kind {
	case Choice:
		return "one of " + strings.Join(o.Enum, ", "), ""
	case Switch:
		return "true or false", ""
	case Number:
		return "a whole number", "such as " + o.Name + ": 50"
	case Size:
		return "a size", "such as 512kB, 5MB or 5MiB"
	case Duration:
		return "a duration", "such as 500ms, 3s or 720h"
	case List:
		return "a list of texts", "such as " + o.Name + `: ["drafts/**"]`
	case Group:
		return "a mapping with the keys " + strings.Join(names(o.Fields), ", "), ""
	case Groups:
		return "a list of mappings with the keys " + strings.Join(names(o.Fields), ", "), ""
	}
	return "a text", ""
}

func (o Option) unknownChoice(text string) *mistake {
	hint := "want one of " + strings.Join(o.Enum, ", ")
	if near := nearest(text, o.Enum); near != "" {
		hint = fmt.Sprintf("did you mean %q? It takes %s", near, strings.Join(o.Enum, ", "))
	}
	return &mistake{fmt.Sprintf("%s cannot be %q", o.Key(), text), hint}
}

func names(options []Option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.Name
	}
	return list
}
