package page

import "strings"

// maxNesting is how deep a script may nest. The parser recurses, needs up to
// 12 kB of stack for a level (measured: functions in functions) and ends the
// whole program at 1 GB.
const maxNesting = 10_000

// nesting counts what a recursive parser would recurse into: brackets, and in
// each of them what follows from one another without any: a=>b=>c, a.b().c(),
// if(a)if(b)c, a?b:c?d:e. It counts too much rather than too little, and starts
// anew where a statement ends.
type nesting struct {
	// chains are the lengths in all open brackets, sum is their sum.
	chains []int
	sum    int
	// ended is the chain before a semicolon, since an else may continue it.
	ended int
	// operand is set when the last token may end an expression.
	operand bool
	square  int
	// last is the last token, and wasOperand what operand was before it.
	last       jsToken
	wasOperand bool
}

// startsOver are words that begin a statement or a clause in any place.
var startsOver = map[string]bool{"case": true, "default": true, "var": true, "let": true, "const": true, "import": true, "export": true}

// continues are words that may follow an expression in the same statement.
var continues = map[string]bool{
	"else": true, "catch": true, "finally": true, "in": true, "of": true, "instanceof": true, "as": true, "from": true,
}

// note takes the next token of a script, and is how deep that is.
func (n *nesting) note(t jsToken, l *jsLexer) int {
	switch {
	case t.is("["):
		n.square++
	case t.is("]"):
		n.square = max(0, n.square-1)
	}
	before := len(n.chains)
	for depth := len(l.brackets) + n.square + 1; len(n.chains) != depth; {
		if len(n.chains) < depth {
			n.chains = append(n.chains, 0)
			continue
		}
		n.grow(-n.chains[len(n.chains)-1])
		n.chains = n.chains[:len(n.chains)-1]
	}
	was := n.operand
	switch {
	case t.kind == jsPunct:
		n.punct(t, l.afterCondition)
	case t.kind == jsWord:
		n.word(t.text)
	default:
		if t.kind == jsTemplate || l.src[t.at] == '`' {
			n.grow(1)
		} else if n.operand {
			n.reset()
		}
		n.operand = len(n.chains) <= before
	}
	n.last, n.wasOperand = t, was
	return n.sum + len(n.chains)
}

func (n *nesting) grow(by int) {
	n.chains[len(n.chains)-1] += by
	n.sum += by
}

func (n *nesting) reset() { n.grow(-n.chains[len(n.chains)-1]) }

func (n *nesting) word(text string) {
	switch {
	case text == "else" && n.ended > 0:
		n.grow(n.ended)
	case n.operand && !continues[text], startsOver[text]:
		n.reset()
	}
	n.ended = 0
	n.operand = !beforeRegexp[text] && !beforeCondition[text] && text != "async"
	if !n.operand || continues[text] {
		n.grow(1)
	}
}

func (n *nesting) punct(t jsToken, condition bool) {
	text := t.text
	n.ended = 0
	switch text {
	case ";":
		n.ended = n.chains[len(n.chains)-1]
		n.reset()
	case ",":
		n.reset()
	case ")", "]", "}":
		n.grow(1)
	case "+", "-":
		if n.last.is(text) && n.last.at == t.at-1 && n.wasOperand {
			n.operand = true // a++
			return
		}
		if !n.operand {
			n.grow(1)
		}
	case "{":
	default:
		if strings.Contains("!~=?:.?.*@", text) {
			n.grow(1)
		}
	}
	n.operand = text == ")" && !condition || text == "]" || text == "}"
}
