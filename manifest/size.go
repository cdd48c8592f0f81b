package manifest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as 5MB or 512kB (powers of 1000) or as
// 5MiB (powers of 1024).
type Size int64

var units = []struct {
	name  string
	bytes float64
}{
	// Longer names first: "kB" must not be read as "B".
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9},
	{"k", 1e3}, {"m", 1e6}, {"g", 1e9},
	{"b", 1}, {"", 1},
}

// ParseSize reads a size; a number without a unit is bytes.
func ParseSize(text string) (Size, error) {
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range units {
		digits, found := strings.CutSuffix(lower, unit.name)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		bytes := n * unit.bytes
		if err != nil || n < 0 || math.IsNaN(n) || bytes > math.MaxInt64/2 {
			break
		}
		return Size(bytes), nil
	}
	return 0, fmt.Errorf("size %q: want a number with kB, MB, GB, KiB, MiB or GiB", text)
}

// String is the size as ParseSize reads it.
func (s Size) String() string {
	for _, unit := range []struct {
		name  string
		bytes Size
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if s >= unit.bytes && s%(unit.bytes/10) == 0 {
			return strconv.FormatFloat(float64(s)/float64(unit.bytes), 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}
