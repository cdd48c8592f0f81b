package options

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// Pages are the files that are derived from the declaration of the options, by
// their path in the repository.
func Pages() map[string][]byte {
	return map[string][]byte{
		"swgen.schema.json": schemaPage(),
		"docs/reference.md": referencePage(),
	}
}

// schema is the part of JSON Schema that describes options.
type schema struct {
	Dialect     string     `json:"$schema,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        any        `json:"type,omitempty"`
	Enum        []any      `json:"enum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	Minimum     *int       `json:"minimum,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Closed      *bool      `json:"additionalProperties,omitempty"`
	Default     any        `json:"default,omitempty"`
}

// properties keep the order of the declaration, in which editors offer them.
type properties []property

type property struct {
	name string
	schema
}

func (ps properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, p := range ps {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		body, err := marshal(p.schema)
		if err != nil {
			return nil, err
		}
		out.Write(append(append(name, ':'), body...))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal leaves < and & as they are: the file is read by people too.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func schemaPage() []byte {
	root := object(All())
	root.Dialect = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "Configuration of swgen"
	root.Description = "swgen.yaml, swgen.yml or swgen.json: how swgen makes a static site work offline."
	root.Type = []string{"object", "null"} // an empty file is fine
	root.Properties = append(properties{{"$schema", schema{
		Description: "The address of this schema, for editors.", Type: "string",
	}}}, root.Properties...)
	compact, err := marshal(root)
	if err != nil {
		panic(err) // its types cannot fail
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		panic(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func object(options []Option) schema {
	s := schema{Type: "object", Closed: new(bool)}
	for _, o := range options {
		s.Properties = append(s.Properties, property{o.Name, o.schema()})
		if o.Required {
			s.Required = append(s.Required, o.Name)
		}
	}
	return s
}

// Patterns of the texts that ParseSize and time.ParseDuration read.
const (
	sizePattern     = `^\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([kKmMgG]([iI]?[bB])?|[bB])?\s*$`
	durationPattern = `^\+?(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$`
)

// schema describes the values of an option. What is not required may also be
// null: a key whose value is commented out.
func (o Option) schema() schema {
	s := schema{Description: o.Doc}
	var types []string
	switch o.Kind {
	case Text, Choice:
		types = []string{"string"}
	case Switch:
		types = []string{"boolean"}
	case Number:
		types, s.Minimum = []string{"integer"}, new(int)
	case Size:
		one := 1
		types, s.Pattern, s.Minimum = []string{"integer", "string"}, sizePattern, &one
	case Duration:
		types, s.Pattern = []string{"string"}, durationPattern
	case List:
		types, s.Items = []string{"array"}, &schema{Type: "string"}
	case Group:
		inner := object(o.Fields)
		types, s.Properties, s.Closed = []string{"object"}, inner.Properties, inner.Closed
	case Groups:
		items := object(o.Fields)
		types, s.Items = []string{"array"}, &items
	}
	for _, value := range o.Enum {
		s.Enum = append(s.Enum, value)
	}
	if !o.Required {
		types = append(types, "null")
		if s.Enum != nil {
			s.Enum = append(s.Enum, nil)
		}
	}
	s.Type = any(types)
	if len(types) == 1 {
		s.Type = types[0]
	}
	s.Default = o.defaultValue()
	return s
}

// defaultValue is the default as JSON has it; nil when it is only words.
func (o Option) defaultValue() any {
	switch {
	case o.Kind == Switch:
		return o.Default == "true"
	case o.Default == "":
		return nil
	case o.Kind == List:
		return []string{o.Default}
	case o.Kind == Number:
		n, err := strconv.Atoi(o.Default)
		if err != nil {
			panic(err)
		}
		return n
	}
	return o.Default
}

// DefaultOf is the default text of the option with that key.
func DefaultOf(key string) string {
	all := settable()
	i := slices.IndexFunc(all, func(o Option) bool { return o.Key() == key })
	return all[i].Default
}
