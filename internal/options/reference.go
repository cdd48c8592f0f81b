package options

import (
	"fmt"
	"strings"
)

// referenceHead opens the page. What it says of sources is what Load does.
const referenceHead = "<!-- Written by go generate from the declarations of the options; do not edit. -->\n" + `# Options

Nothing needs to be set. What is set comes, later ones winning, from a file, from the environment, from flags:

- **File**: ` + "`swgen.yaml`, `swgen.yml` or `swgen.json`" + ` in the working directory, or the one that ` + "`--config FILE`" + ` names.
  Unknown keys are refused. [swgen.schema.json](../swgen.schema.json) tells editors what may stand there: start a YAML
  file with ` + "`# yaml-language-server: $schema=PATH`" + `, give a JSON file the key ` + "`$schema`" + `. Put globs in quotes.
- **Environment**: one variable an option; an empty one counts as unset, and a list has one item a line.
- **Flags**: a list's flag can be repeated. A list replaces the list of an earlier source.

A size is a number of bytes, or one with kB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024). A duration is
written like 500ms, 3s or 720h. Globs match paths relative to the site: ` + "`*` stays within a directory, `**` does not,\n`{a,b}` is either." + `
`

func referencePage() []byte {
	var b strings.Builder
	b.WriteString(referenceHead)
	section := ""
	for _, o := range All() {
		if o.Section != section {
			section = o.Section
			fmt.Fprintf(&b, "\n## %s\n", section)
		}
		o.describe(&b)
	}
	return []byte(b.String())
}

func (o Option) describe(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n", o.Name, o.prose())
	fmt.Fprintf(b, "- Type: %s\n", o.typeText())
	if text := o.defaultText(); text != "" {
		fmt.Fprintf(b, "- Default: %s\n", text)
	}
	if o.Flag() != "" {
		fmt.Fprintf(b, "- Flag: %s\n- Environment: `%s`\n", o.flagText(), o.Env())
	}
	if o.Fields != nil {
		o.describeFields(b)
	}
	if example, given := examples[o.Key()]; given {
		fmt.Fprintf(b, "\n```yaml\n%s\n```\n", example)
	}
}

// describeFields is the table of the keys in a group. Those of a single group
// have flags, those in a list have none.
func (o Option) describeFields(b *strings.Builder) {
	b.WriteString("\n| key | meaning | type | default |")
	if o.Kind == Group {
		b.WriteString(" flag | environment |\n|---|---|---|---|---|---|\n")
	} else {
		b.WriteString("\n|---|---|---|---|\n")
	}
	for _, f := range o.Fields {
		standard := f.defaultText()
		if f.Required {
			standard = "required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |", f.Name, cell(f.prose()), cell(f.typeText()), cell(standard))
		if o.Kind == Group {
			fmt.Fprintf(b, " %s | `%s` |", cell(f.flagText()), f.Env())
		}
		b.WriteByte('\n')
	}
}

// prose is the comment as Markdown; the globs in it hold stars.
func (o Option) prose() string {
	text := strings.NewReplacer("*", `\*`, "<", "&lt;").Replace(o.Doc)
	if rest, found := strings.CutPrefix(text, o.Name+" "); found {
		return "`" + o.Name + "` " + rest
	}
	return text
}

func (o Option) typeText() string {
	switch o.Kind {
	case Choice:
		return "`" + strings.Join(o.Enum, "`, `") + "`"
	case List:
		return "list of texts"
	case Group:
		return "mapping, in the file or by flags of its keys"
	case Groups:
		return "list of mappings, only in the file"
	}
	return string(o.Kind)
}

func (o Option) defaultText() string {
	switch {
	case o.Kind == Switch:
		return "`false`"
	case o.Default != "":
		return "`" + o.Default + "`"
	}
	return o.Unset
}

func (o Option) flagText() string {
	text := "`--" + o.Flag() + "`"
	if o.Short != "" {
		text = "`-" + o.Short + "`, " + text
	}
	return text
}

// cell makes text fit into a table of Markdown.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
