package fetch

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// matchesIntegrity says whether bytes are what integrity metadata asks for
// (https://w3c.github.io/webappsec-subresource-integrity/): the strongest
// algorithm counts, any of its hashes will do, and metadata without a hash
// that is understood asks for nothing.
func matchesIntegrity(bytes []byte, metadata string) bool {
	strongest := ""
	var wanted []string
	for _, item := range strings.Fields(metadata) {
		expression, _, _ := strings.Cut(item, "?")
		algorithm, hash, ok := strings.Cut(expression, "-")
		algorithm = strings.ToLower(algorithm)
		if !ok || hash == "" || algorithm != "sha256" && algorithm != "sha384" && algorithm != "sha512" {
			continue
		}
		if algorithm > strongest { // their names sort by strength
			strongest, wanted = algorithm, nil
		}
		if algorithm == strongest {
			wanted = append(wanted, hash)
		}
	}
	if strongest == "" {
		return true
	}
	actual := hash(strongest, bytes)
	for _, w := range wanted {
		w = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(w), "=")
		if sum, err := base64.RawStdEncoding.DecodeString(w); err == nil && subtle.ConstantTimeCompare(sum, actual) == 1 {
			return true
		}
	}
	return false
}

func hash(algorithm string, bytes []byte) []byte {
	switch algorithm {
	case "sha512":
		sum := sha512.Sum512(bytes)
		return sum[:]
	case "sha384":
		sum := sha512.Sum384(bytes)
		return sum[:]
	}
	sum := sha256.Sum256(bytes)
	return sum[:]
}
