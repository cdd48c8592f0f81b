package page

import (
	"strings"
	"testing"
)

// TestWhatNestsTooDeepIsKnown: each of these made the parser overflow its stack,
// which ends the program, or is of the same kind.
func TestWhatNestsTooDeepIsKnown(t *testing.T) {
	const n = 11_000
	for _, shape := range []struct{ before, middle, after string }{
		{"[", "", ""}, {"[", "1", "]"}, {"(", "1", ")"}, {"{", "", "}"}, {"`${", "1", "}`"}, {"`a${b}c${", "1", "}`"}, {"a(", "", ")"},
		{"a=>", "1", ""}, {"(a)=>(", "1", ")"}, {"async a=>", "1", ""}, {"!", "1", ""}, {"~", "1", ""}, {"- ", "1", ""}, {"a=", "1", ""},
		{"a?", "1", ":1"}, {"a?1:", "1", ""}, {"1**", "1", ""}, {"new ", "a", ""}, {"await ", "a", ""}, {"typeof ", "a", ""}, {"yield ", "a", ""},
		{"if(a);else ", ";", ""}, {"if(a){}else ", ";", ""}, {"if(a)", ";", ""}, {"if(a)b();else ", ";", ""}, {"for(;;)", ";", ""}, {"while(a)", ";", ""}, {"do ", ";", " while(a)"}, {"with(a)", ";", ""}, {"a:", ";", ""},
		{"function f(){", "", "}"}, {"function f(){return 1;x;", "", "}"}, {"class A{x=", "1", "}"}, {"x={a:1,b:", "1", "}"}, {"try{a;", "", "}finally{}"},
		{"", "a", ".b"}, {"", "a", "?.b"}, {"", "a", "()"}, {"", "a", "(1,2)"}, {"", "a", "[0]"}, {"", "a", "``"}, {"", "a", "`b${c}`"}, {"", "a", "\n.b(function () { x; y() })"},
	} {
		js := strings.Repeat(shape.before, n) + shape.middle + strings.Repeat(shape.after, n)
		if !ReadScript(js).TooDeep {
			t.Errorf("%q, %q, %q", shape.before, shape.middle, shape.after)
		}
	}
}

// TestLongScriptsAreNotDeep: what makes a script long does not make it deep.
func TestLongScriptsAreNotDeep(t *testing.T) {
	const n = 11_000
	for _, part := range []string{
		"a.b(c);", "a.b(c)\n", "a.b[c]\nd = e\n", "function a(b){return b.c}", "if(a){b()}", "if(a){b()}else{c()}", "if(a)b();else c();", "for(;;){a()}", "while(a)b()\n",
		"do{a()}while(b);", "var a=b=>c.d(e);", "x=a?b:c,", "[a,b].c,", "{a:b,c:!d},", "'a',\n", "'use a'\n", "switch(a){case 1:b();break;case 2:c()}", "case 1:", "/a/.test(b);",
		"a=`b${c}d`;", "a=`b${c}d`\n", "class A{b(){return c}d(){e=f}}", "try{a()}catch(b){c()}", "export const a=1;", "import a from 'b'\n", "a++\n", "a+b+", "a&&b||", "const {a,b:c}=d\n", "return a\n", "async()=>{await a}\n",
	} {
		if ReadScript("import 'x';" + strings.Repeat(part, n)).TooDeep {
			t.Errorf("%q", part)
		}
	}
}
