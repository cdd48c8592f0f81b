package manifest

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// resolve is the absolute form of a URL of the configuration: a path, with
// the base in front when it is relative, or a whole URL.
func resolve(base, text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || text == "":
		return "", errors.New("is no URL")
	case u.Fragment != "":
		return "", errors.New("has a fragment, which is never part of a request")
	case u.Scheme == "https" || u.Scheme == "http":
		if u.Host == "" {
			return "", errors.New("has no host")
		}
		return u.String(), nil
	case u.Scheme != "" || u.Host != "":
		return "", errors.New("is neither a path nor an https URL")
	}
	decoded, query, hasQuery := u.Path, u.RawQuery, u.RawQuery != ""
	full := escapePath(decoded)
	if !strings.HasPrefix(full, "/") {
		full = base + full
	}
	if hasQuery {
		full += "?" + query
	}
	return full, nil
}

// fold is the same for names that differ only in case or in the Unicode
// normalisation of their accents.
func fold(name string) string { return strings.ToLower(norm.NFC.String(name)) }
