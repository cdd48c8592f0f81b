package options

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/swgen/swgen"
)

// A decoder walks the syntax tree of a configuration file along the options.
// The decoder of the YAML module stops at the first mistake and knows neither
// our kinds nor which key was meant; positions are what it is good for.
type decoder struct {
	file     string
	lines    []string
	mistakes Errors
}

// decode applies a configuration file.
func decode(file string, content []byte, config *swgen.Config) Errors {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	d := &decoder{file: filepath.ToSlash(file), lines: strings.Split(string(content), "\n")}
	if !utf8.Valid(content) {
		return Errors{{Place: d.file, Message: "is not UTF-8 text", Hint: "save it in the encoding UTF-8"}}
	}
	root, ok := d.parse(content)
	if !ok || root == nil {
		return d.mistakes
	}
	if mapping, is := asMapping(root); is {
		d.group(mapping, "option", All(), reflect.ValueOf(config).Elem(), true)
	} else {
		d.wrong(start(root), mistake{"a configuration is a mapping of options", "such as base: /repo/"})
	}
	return d.mistakes
}

// parse makes the syntax tree; nil is an empty file.
func (d *decoder) parse(content []byte) (root ast.Node, ok bool) {
	if strings.HasSuffix(d.file, ".json") && len(bytes.TrimSpace(content)) > 0 {
		if !d.checkJSON(content) {
			return nil, false
		}
		// JSON may be indented with tabs, YAML may not. Inside of JSON texts
		// there are none, and columns stay the same.
		content = bytes.ReplaceAll(content, []byte("\t"), []byte(" "))
	}
	tree, err := parseYAML(content)
	var syntax yaml.Error
	switch {
	case errors.As(err, &syntax):
		d.wrong(syntax.GetToken(), syntaxMistake(syntax, d.lineOf(syntax.GetToken())))
		return nil, false
	case err != nil:
		d.mistakes = append(d.mistakes, &Error{Place: d.file, Message: err.Error()})
		return nil, false
	}
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			d.wrong(start(doc.Body), mistake{"a second document starts here", "a configuration is one document: remove the line ---"})
			return nil, false
		}
		root = doc.Body
	}
	return root, true
}

// parseYAML turns a panic of the parser, which a broken file can cause, into
// an error.
func parseYAML(content []byte) (tree *ast.File, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = errors.New("is no YAML that can be read")
		}
	}()
	return parser.ParseBytes(content, 0)
}

// checkJSON is for what YAML would let pass in a file that calls itself JSON.
func (d *decoder) checkJSON(content []byte) bool {
	var any json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(content, &any); !errors.As(err, &syntax) {
		return true
	}
	read := content[:min(max(syntax.Offset-1, 0), int64(len(content)))]
	line := bytes.Count(read, []byte("\n")) + 1
	column := utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:]) + 1
	d.at(line, column, 1, mistake{"is no JSON: " + syntax.Error(), ""})
	return false
}

// syntaxMistake explains the syntax errors that globs cause, because a star,
// an exclamation mark and a brace mean something in YAML.
func syntaxMistake(err yaml.Error, line string) mistake {
	m := mistake{message: err.GetMessage()}
	if strings.Contains(m.message, "already defined") {
		return mistake{fmt.Sprintf("%q is set a second time", err.GetToken().Value), "keep one of the two"}
	}
	if strings.Contains(line, "\t") && strings.Contains(m.message, "cannot start any token") {
		return mistake{"a tab indents this line", "YAML indents with spaces"}
	}
	if strings.ContainsAny(line, "*!&{[@`%") {
		m.hint = `put globs in quotes, such as "**/*.map"`
	}
	return m
}

// group decodes a mapping into the options of a struct.
func (d *decoder) group(mapping []*ast.MappingValueNode, what string, options []Option, into reflect.Value, top bool) {
	for _, pair := range mapping {
		key := pair.Key.GetToken()
		if top && key.Value == "$schema" {
			continue // editors read it
		}
		o, known := find(options, key.Value)
		if !known || pair.Key.IsMergeKey() {
			d.wrong(key, unknownKey(key.Value, what, options))
			continue
		}
		field := into.FieldByIndex(o.index[len(o.index)-1:])
		d.value(o, pair.Value, field)
	}
}

func find(options []Option, name string) (Option, bool) {
	for _, o := range options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

func unknownKey(name, what string, options []Option) mistake {
	m := mistake{message: fmt.Sprintf("unknown %s %q", what, name)}
	if near := nearest(name, names(options)); near != "" {
		m.hint = fmt.Sprintf("did you mean %q?", near)
	} else {
		m.hint = "known are " + strings.Join(names(options), ", ")
	}
	return m
}

// value decodes the value of an option. A key without a value leaves the
// default, so that all items of a list can be commented out.
func (d *decoder) value(o Option, node ast.Node, into reflect.Value) {
	switch node := node.(type) {
	case *ast.NullNode:
		return
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode:
		d.wrong(node.GetToken(), quote(node))
		return
	}
	switch o.Kind {
	case List:
		d.list(o, node, into)
	case Group:
		if mapping, is := asMapping(node); is {
			d.group(mapping, "key of "+o.Name, o.Fields, into, false)
		} else {
			d.wrong(start(node), *o.wants(describeNode(node)))
		}
	case Groups:
		d.groups(o, node, into)
	default:
		d.scalar(o, node, into)
	}
}

func (d *decoder) list(o Option, node ast.Node, into reflect.Value) {
	sequence, is := node.(*ast.SequenceNode)
	if !is {
		m := o.wants(describeNode(node))
		if text, is := node.(*ast.StringNode); is {
			m.hint = fmt.Sprintf("write %s: [%q]", o.Name, text.Value)
		}
		d.wrong(start(node), *m)
		return
	}
	items := reflect.MakeSlice(into.Type(), 0, len(sequence.Values))
	item := Option{Name: "an item of " + o.Name, Kind: Text}
	for _, element := range sequence.Values {
		value := reflect.New(into.Type().Elem()).Elem()
		switch element.(type) {
		case *ast.NullNode:
			d.wrong(start(element), *item.wants("nothing"))
			continue
		}
		d.value(item, element, value)
		items = reflect.Append(items, value)
	}
	into.Set(items)
}

func (d *decoder) groups(o Option, node ast.Node, into reflect.Value) {
	sequence, is := node.(*ast.SequenceNode)
	if !is {
		d.wrong(start(node), *o.wants(describeNode(node)))
		return
	}
	items := reflect.MakeSlice(into.Type(), 0, len(sequence.Values))
	for _, element := range sequence.Values {
		mapping, is := asMapping(element)
		if !is {
			item := Option{Name: "an item of " + o.Name, Kind: Group, Fields: o.Fields}
			d.wrong(start(element), *item.wants(describeNode(element)))
			continue
		}
		value := reflect.New(into.Type().Elem()).Elem()
		d.group(mapping, "key of "+o.Name, o.Fields, value, false)
		d.missing(o, element, mapping)
		items = reflect.Append(items, value)
	}
	into.Set(items)
}

// missing names the required keys that a group lacks.
func (d *decoder) missing(o Option, node ast.Node, mapping []*ast.MappingValueNode) {
	for _, field := range o.Fields {
		if !field.Required || hasValue(mapping, field.Name) {
			continue
		}
		_, hint := field.takes()
		if field.Kind == Choice {
			hint = "want one of " + strings.Join(field.Enum, ", ")
		}
		d.wrong(start(node), mistake{fmt.Sprintf("an item of %s needs the key %s", o.Name, field.Name), hint})
	}
}

func hasValue(mapping []*ast.MappingValueNode, name string) bool {
	for _, pair := range mapping {
		if _, null := pair.Value.(*ast.NullNode); pair.Key.GetToken().Value == name {
			return !null
		}
	}
	return false
}

// scalar decodes a text, number or switch. Only the type that the option has
// is taken: 1.10 as a text would lose its zero in some readers, and the schema
// says the same.
func (d *decoder) scalar(o Option, node ast.Node, into reflect.Value) {
	text, fits := "", false
	switch node := node.(type) {
	case *ast.StringNode:
		text, fits = node.Value, o.Kind != Switch && o.Kind != Number
	case *ast.LiteralNode:
		text, fits = node.Value.Value, o.Kind == Text
	case *ast.IntegerNode:
		text, fits = fmt.Sprint(node.Value), o.Kind == Number || o.Kind == Size
	case *ast.BoolNode:
		text, fits = fmt.Sprint(node.Value), o.Kind == Switch
	}
	if !fits {
		m := o.wants(describeNode(node))
		if o.Kind == Text && isScalar(node) {
			m.hint = fmt.Sprintf("put it in quotes: %q", node.GetToken().Value)
		}
		d.wrong(start(node), *m)
		return
	}
	if m := o.parse(text, into); m != nil {
		d.wrong(start(node), *m)
	}
}

// asMapping are the pairs of a mapping, empty ones included.
func asMapping(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch node := node.(type) {
	case *ast.MappingNode:
		return node.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{node}, true
	}
	return nil, false
}

// start is the first token of a node; the token of a mapping is its colon.
func start(node ast.Node) *token.Token {
	if pairs, is := asMapping(node); is && len(pairs) > 0 {
		return pairs[0].Key.GetToken()
	}
	return node.GetToken()
}

func isScalar(node ast.Node) bool {
	_, is := node.(ast.ScalarNode)
	return is
}

// quote is for a glob without quotes that YAML takes for something else.
func quote(node ast.Node) mistake {
	return mistake{
		message: fmt.Sprintf("%s starts something in YAML that is of no use here", node.GetToken().Value),
		hint:    `put the text in quotes, such as "*.map" or "!keep/**"`,
	}
}

func describeNode(node ast.Node) string {
	switch node := node.(type) {
	case *ast.StringNode:
		return fmt.Sprintf("the text %q", node.Value)
	case *ast.LiteralNode:
		return "a block of text"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.NullNode:
		return "nothing"
	}
	return node.GetToken().Value
}

// wrong notes a mistake at a token.
func (d *decoder) wrong(at *token.Token, m mistake) {
	if at == nil || at.Position == nil {
		d.mistakes = append(d.mistakes, &Error{Place: d.file, Message: m.message, Hint: m.hint})
		return
	}
	d.at(at.Position.Line, at.Position.Column, max(utf8.RuneCountInString(strings.TrimSpace(at.Origin)), 1), m)
}

func (d *decoder) at(line, column, width int, m mistake) {
	d.mistakes = append(d.mistakes, &Error{
		Place:   fmt.Sprintf("%s:%d:%d", d.file, line, column),
		Message: m.message,
		Excerpt: d.excerpt(line, column, width),
		Hint:    m.hint,
	})
}

func (d *decoder) lineOf(at *token.Token) string {
	if at == nil || at.Position == nil || at.Position.Line < 1 || at.Position.Line > len(d.lines) {
		return ""
	}
	return d.lines[at.Position.Line-1]
}

// excerpt is a line with a mark below the mistake.
func (d *decoder) excerpt(line, column, width int) string {
	if line < 1 || line > len(d.lines) {
		return ""
	}
	text := []rune(strings.TrimRight(d.lines[line-1], "\r"))
	column = min(max(column, 1), len(text)+1)
	width = min(max(width, 1), max(len(text)-column+1, 1))
	indent := make([]rune, column-1)
	for i, r := range text[:column-1] {
		indent[i] = ' '
		if r == '\t' {
			indent[i] = r
		}
	}
	return fmt.Sprintf("%5d | %s\n      | %s%s", line, string(text), string(indent), strings.Repeat("^", width))
}
