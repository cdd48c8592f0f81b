package options

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/swgen/swgen"
)

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaPage()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("swgen.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("swgen.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	json, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(instance)
}

// The schema and the decoder are two readings of one declaration: they must
// agree on every configuration.
func TestSchemaAgreesWithTheDecoder(t *testing.T) {
	schema := compile(t)
	texts := map[string]bool{
		"{}": true, "exclude:": true, "update:": true, "prompt_text: {}": true, "routes: []": true, "$schema: x": true,
		"max_file_size: 12": true, "max_file_size: 1.5 MiB": true, "max_file_size: 5 m": true, "max_file_size: .5MB": true,
		"max_file_size: 0": false, "max_file_size: -1": false, "max_file_size: 1.5": false, "max_file_size: 5XB": false,
		"routes: [{strategy: network-first, timeout: 1m3.5s}]": true, "routes: [{strategy: network-first, timeout: 3}]": false,
		"routes: [{strategy: network-first, timeout: 3d}]": false, "routes: [{path: a}]": false, "routes: [{strategy:}]": false,
		"routes: [{strategy: cache}]": false, "routes: [{strategy: cache-first, method: get}]": false,
		"routes: [{strategy: cache-first, max_entries: -3}]": false, "routes: [{strategy: cache-first, max_entries: 3}]": true,
		"routes: {}": false, "base: 1": false, "include: a": false, "include: [1]": false, "include: [~]": false, "bsae: a": false,
		"update: x": false, "update: ''": false, "debug: 'true'": false, "strict: false": true, "prompt_text: {text: a}": false,
		"extra: [{url: /a}]": false, "extra: [{url: /a, revision: 1}]": false, "rewrite: [{to: a}]": false, "- a": false,
	}
	for _, example := range examples {
		texts[example] = true
	}
	for text, good := range texts {
		var config swgen.Config
		mistakes := decode("swgen.yaml", []byte(text), &config)
		if (len(mistakes) == 0) != good {
			t.Errorf("decoder: %s: %v", text, mistakes)
		}
		if err := validate(t, schema, text); (err == nil) != good {
			t.Errorf("schema: %s: %v", text, err)
		}
	}
}

func TestReferenceNamesEveryOption(t *testing.T) {
	page := string(referencePage())
	for _, o := range settable() {
		for _, want := range []string{"`--" + o.Flag(), "`" + o.Env() + "`"} {
			if !strings.Contains(page, want) {
				t.Errorf("docs/reference.md lacks %s", want)
			}
		}
	}
}
