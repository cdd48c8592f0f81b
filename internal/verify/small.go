package verify

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/strategies"
)

func weighable(s *Subject) string {
	if s.Spec == nil || s.Remake == nil {
		return "the code of this worker is not known from its content"
	}
	return ""
}

// What the minified code weighs at most, in bytes: what each feature was
// measured to add, and as much to spare as renamed variables need.
// TestTheBudgetIsTight holds the sum near the truth.
const (
	coreWeight    = 6680
	rangeWeight   = 570
	extraWeight   = 126
	queryWeight   = 56
	builtInWeight = 166 // the offline page of a site that has none
	routesWeight  = 1662
	routeWeight   = 8 // each, with what it says beside
	optionWeight  = 22
	// The spellings that all hosts agree on are part of the core; those of one
	// host, each of which weighs something, take their place.
	spellingsWeight = 78
	spellingWeight  = 34
)

var updateWeight = map[strategies.Update]int{strategies.Fresh: 36, strategies.Prompt: 98, strategies.Wait: 0}

var strategyWeight = map[strategies.Name]int{
	strategies.CacheFirst: 80, strategies.NetworkFirst: 310, strategies.StaleWhileRevalidate: 112, strategies.NetworkOnly: 27, strategies.CacheOnly: 84,
}

// budget is what the code of a Spec may weigh.
func budget(spec *strategies.Spec) int {
	sum := coreWeight + updateWeight[spec.Update] + len(spec.Root) + len(strings.Join(spec.Strict, "|"))
	if spec.Ranges {
		sum += rangeWeight
	}
	if spec.Extra {
		sum += extraWeight
	}
	if len(spec.KeepQuery) > 0 {
		sum += queryWeight
	}
	for _, pattern := range spec.KeepQuery {
		sum += expression(pattern)
	}
	if spec.Offline == nil {
		sum += builtInWeight
	} else {
		sum += literal(spec.Offline.Path)
	}
	if spec.Spellings != nil {
		sum -= spellingsWeight
	}
	for _, s := range spec.Spellings {
		sum += spellingWeight + len(s.Cut) + len(s.Add)
	}
	return sum + routesBudget(spec.Routes)
}

func routesBudget(routes []strategies.Route) int {
	if len(routes) == 0 {
		return 0
	}
	sum := routesWeight
	used := make(map[strategies.Name]bool)
	for _, r := range routes {
		sum += routeWeight + expression(r.Path) + len(r.Method)
		if !used[r.Strategy] {
			sum += strategyWeight[r.Strategy]
		}
		used[r.Strategy] = true
		if r.Strategy != strategies.NetworkOnly {
			sum += optionWeight + literal(r.Cache)
		}
		for _, set := range []bool{r.Host != "", r.Destination != nil, r.Timeout > 0, r.MaxEntries > 0, r.MaxAge > 0, r.Opaque, r.IgnoreQuery} {
			if set {
				sum += optionWeight
			}
		}
		sum += literal(r.Host) + literal(strings.Join(r.Destination, `","`))
	}
	return sum
}

// expression is what the regular expression of a glob weighs.
func expression(pattern string) int {
	p, err := glob.Compile(pattern)
	if err != nil || pattern == "" {
		return 0
	}
	return literal(p.RegExp()) + optionWeight
}

// literal is what a text weighs in quotes, beyond them.
func literal(text string) int { return len(strconv.QuoteToASCII(text)) - 2 }

// small is W15. The budget is of the worker's readable size: compressed, what
// is too much may hide behind what is alike.
func small(t *trial) {
	worker := readFile(t.subject.Files, t.subject.Worker)
	if bytes.Count(worker, []byte("\n")) > 2 {
		t.nothing = "the worker is not minified"
		return
	}
	packed, err := t.subject.Manifest.Pack()
	if err != nil {
		panic(stopped{err})
	}
	size, most := len(worker)-len(packed), budget(t.subject.Spec)
	t.check(size <= most, nil, "", "", "the worker's code is %d bytes without its manifest; what the configuration uses is at most %d", size, most)
}
