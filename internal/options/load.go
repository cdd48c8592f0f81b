package options

import (
	"reflect"
	"strings"

	"github.com/swgen/swgen"
)

// Sources are where a configuration comes from. Later ones win: what nobody
// says is the default, a file beats it, the environment beats the file, and a
// flag beats them all. A list replaces the list of an earlier source.
type Sources struct {
	// Dir is searched for swgen.yaml, swgen.yml and swgen.json.
	Dir string
	// File is the configuration file; "" searches for one.
	File string
	// Environ lists variables as os.Environ does.
	Environ []string
	// Flags are those of a parsed command line; nil has none.
	Flags *Flags
}

// Loaded is a configuration with what there is to say about it.
type Loaded struct {
	Config swgen.Config
	// File is the file that was read; "" when there is none.
	File string
	// Findings are warnings: what was ignored.
	Findings []swgen.Finding
}

// Load reads the configuration. Mistakes in it are Errors; other errors are
// failures to read the file.
func Load(s Sources) (*Loaded, error) {
	loaded := &Loaded{}
	var mistakes Errors
	file, content, err := read(s.Dir, s.File)
	if err != nil {
		return nil, err
	}
	if file != "" {
		loaded.File = file
		mistakes = decode(file, content, &loaded.Config)
	}
	config := reflect.ValueOf(&loaded.Config).Elem()
	findings, wrong := fromEnvironment(s.Environ, config)
	loaded.Findings = findings
	mistakes = append(mistakes, wrong...)
	if s.Flags != nil {
		mistakes = append(mistakes, s.Flags.apply(config)...)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return loaded, nil
}

// fromEnvironment applies the SWGEN_ variables. An empty one counts as unset:
// pipelines pass inputs that nobody filled in. A list has one item a line,
// because names may hold every other separator.
func fromEnvironment(environ []string, config reflect.Value) (findings []swgen.Finding, mistakes Errors) {
	values := make(map[string]string)
	var seen []string
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "SWGEN_") && value != "" {
			if _, again := values[name]; !again {
				seen = append(seen, name)
			}
			values[name] = value
		}
	}
	known := make([]string, 0, len(values))
	for _, o := range settable() {
		known = append(known, o.Env())
		value, set := values[o.Env()]
		if !set {
			continue
		}
		delete(values, o.Env())
		texts := []string{value}
		if o.Kind == List {
			texts = listOf(value)
		}
		if m := o.set(texts, config); m != nil {
			mistakes = append(mistakes, &Error{Place: o.Env(), Message: m.message, Hint: m.hint})
		}
	}
	for _, name := range seen {
		if _, unknown := values[name]; unknown {
			findings = append(findings, unknownVariable(name, known))
		}
	}
	return findings, mistakes
}

func listOf(value string) []string {
	var items []string
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" {
			items = append(items, line)
		}
	}
	return items
}

// unknownVariable only warns: a pipeline may have variables of its own that
// start alike.
func unknownVariable(name string, known []string) swgen.Finding {
	f := swgen.Finding{
		ID: "unknown-variable", Severity: "warning", Path: name,
		Message: "is no option of swgen and was ignored",
		Hint:    "unset it; docs/reference.md lists the variables",
	}
	if near := nearest(name, known); near != "" {
		f.Hint = "did you mean " + near + "?"
	}
	return f
}

// set sets an option from the texts that the environment or flags gave; only
// a list takes more than the last.
func (o Option) set(texts []string, config reflect.Value) *mistake {
	field := config.FieldByIndex(o.index)
	if o.Kind == List {
		field.Set(reflect.ValueOf(texts).Convert(field.Type()))
		return nil
	}
	last := ""
	if len(texts) > 0 {
		last = texts[len(texts)-1]
	}
	return o.parse(last, field)
}
