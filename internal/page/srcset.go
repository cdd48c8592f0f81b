package page

import (
	"regexp"
	"strconv"
	"strings"
)

// srcset lists the URLs of a srcset attribute, by the algorithm of the HTML
// standard ("parse a srcset attribute"): commas may be part of a URL and of a
// descriptor in parentheses, so that splitting at commas is wrong. A candidate
// with descriptors that contradict each other is none.
func srcset(value string) []string {
	var urls []string
	for {
		value = strings.TrimLeft(value, htmlSpace+",")
		if value == "" {
			return urls
		}
		end := strings.IndexAny(value, htmlSpace)
		if end < 0 {
			end = len(value)
		}
		url := value[:end]
		value = value[end:]
		valid := true
		if trimmed := strings.TrimRight(url, ","); trimmed != url {
			url = trimmed
		} else {
			var descriptors []string
			descriptors, value = splitDescriptors(value)
			valid = areDescriptors(descriptors)
		}
		if valid {
			urls = append(urls, url)
		}
	}
}

// splitDescriptors cuts the descriptors of one candidate and the comma after them.
func splitDescriptors(value string) (descriptors []string, rest string) {
	start, inParens := 0, false
	end := func(i int) {
		if i > start {
			descriptors = append(descriptors, value[start:i])
		}
		start = i + 1
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case inParens:
			inParens = c != ')' // parentheses do not nest in descriptors
		case c == '(':
			inParens = true
		case c == ',':
			end(i)
			return descriptors, value[i+1:]
		case strings.IndexByte(htmlSpace, c) >= 0:
			end(i)
		}
	}
	end(len(value))
	return descriptors, ""
}

// areDescriptors reports whether descriptors go together: one width, with a
// height or without, or one density.
func areDescriptors(descriptors []string) bool {
	var width, height, density bool
	for _, d := range descriptors {
		number := d[:len(d)-1]
		switch d[len(d)-1] {
		case 'w':
			if width || density || !isPositive(number) {
				return false
			}
			width = true
		case 'h':
			if height || density || !isPositive(number) {
				return false
			}
			height = true
		case 'x':
			if width || height || density || !isDensity(number) {
				return false
			}
			density = true
		default:
			return false
		}
	}
	return !height || width
}

// isPositive reports whether text is a valid non-negative integer above zero.
func isPositive(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == "" && strings.Trim(text, "0") != ""
}

// validFloat is a valid floating-point number of the HTML standard.
var validFloat = regexp.MustCompile(`^-?(\d+|\d*\.\d+)([eE][+-]?\d+)?$`)

func isDensity(text string) bool {
	if !validFloat.MatchString(text) {
		return false
	}
	number, err := strconv.ParseFloat(text, 64)
	return err == nil && number >= 0
}

// htmlSpace is ASCII whitespace as HTML has it.
const htmlSpace = " \t\n\f\r"
