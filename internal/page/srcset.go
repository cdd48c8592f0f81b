package page

import "strings"

// srcset lists the URLs of a srcset attribute, by the algorithm of the HTML
// standard ("parse a srcset attribute"): commas may be part of a URL and of a
// descriptor in parentheses, so that splitting at commas is wrong.
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
		if trimmed := strings.TrimRight(url, ","); trimmed != url {
			url = trimmed
		} else {
			value = skipDescriptors(value)
		}
		urls = append(urls, url)
	}
}

// skipDescriptors cuts the descriptors of one candidate and the comma after them.
func skipDescriptors(value string) string {
	depth := 0
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '(':
			depth = 1 // parentheses do not nest in descriptors
		case ')':
			depth = 0
		case ',':
			if depth == 0 {
				return value[i+1:]
			}
		}
	}
	return ""
}

// htmlSpace is ASCII whitespace as HTML has it.
const htmlSpace = " \t\n\f\r"
