// Package strategies is what a worker promises: the strategies with their
// promise tables, the routes that choose among them, and the Spec that a
// configuration resolves to. It knows no files and no JavaScript.
package strategies

import "slices"

// Name names a strategy, as configuration files and worker modules do.
type Name string

// The strategies a route may choose. Precache is the one that answers for the
// files of the manifest; routes cannot choose it.
const (
	CacheFirst           Name = "cache-first"
	NetworkFirst         Name = "network-first"
	StaleWhileRevalidate Name = "stale-while-revalidate"
	NetworkOnly          Name = "network-only"
	CacheOnly            Name = "cache-only"
	Precache             Name = "precache"
)

// Network is what the network does in a row of a promise table.
type Network string

// Up answers well, Down refuses connections, Slow answers later than the
// strategy's timeout, Failing answers with status 500 or above.
const (
	Up      Network = "up"
	Down    Network = "down"
	Slow    Network = "slow"
	Failing Network = "failing"
)

// Answer is where a response comes from.
type Answer string

// FromError is a network error: for a navigation, the offline page.
const (
	FromCache   Answer = "cache"
	FromNetwork Answer = "network"
	FromError   Answer = "error"
)

// Promise is a row of a strategy's table: in this state of cache and network,
// this is answered, and this is stored afterwards.
type Promise struct {
	Cached  bool
	Network Network
	Answer  Answer
	// Asked says whether a request reaches the network.
	Asked bool
	// Stored says whether the network's answer is kept for later.
	Stored bool
}

// Strategy is a strategy with its promises.
type Strategy struct {
	Name Name
	// Summary is the promise in one sentence.
	Summary  string
	Promises []Promise
	// Options names the options of Route that the strategy obeys.
	Options []string
}

// All lists every strategy, Precache last.
func All() []Strategy { return slices.Clone(all) }

// Find is the strategy of that name.
func Find(name Name) (Strategy, bool) {
	i := slices.IndexFunc(all, func(s Strategy) bool { return s.Name == name })
	if i < 0 {
		return Strategy{}, false
	}
	return all[i], true
}

var stores = []string{"cache", "max_entries", "max_age", "opaque", "ignore_query"}

var all = []Strategy{
	{
		Name:    CacheFirst,
		Summary: "Answers from the cache, and asks the network only for what is not there.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromCache},
			{Cached: true, Network: Down, Answer: FromCache},
			{Cached: true, Network: Slow, Answer: FromCache},
			{Cached: true, Network: Failing, Answer: FromCache},
			{Cached: false, Network: Up, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Down, Answer: FromError, Asked: true},
			{Cached: false, Network: Slow, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Failing, Answer: FromNetwork, Asked: true},
		},
		Options: stores,
	},
	{
		Name:    NetworkFirst,
		Summary: "Asks the network, and answers from the cache when it is down, failing or slower than the timeout.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: true, Network: Down, Answer: FromCache, Asked: true},
			{Cached: true, Network: Slow, Answer: FromCache, Asked: true, Stored: true},
			{Cached: true, Network: Failing, Answer: FromCache, Asked: true},
			{Cached: false, Network: Up, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Down, Answer: FromError, Asked: true},
			{Cached: false, Network: Slow, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Failing, Answer: FromNetwork, Asked: true},
		},
		Options: append([]string{"timeout"}, stores...),
	},
	{
		Name:    StaleWhileRevalidate,
		Summary: "Answers from the cache at once, and brings the cache up to date from the network for the next time.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromCache, Asked: true, Stored: true},
			{Cached: true, Network: Down, Answer: FromCache, Asked: true},
			{Cached: true, Network: Slow, Answer: FromCache, Asked: true, Stored: true},
			{Cached: true, Network: Failing, Answer: FromCache, Asked: true},
			{Cached: false, Network: Up, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Down, Answer: FromError, Asked: true},
			{Cached: false, Network: Slow, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Failing, Answer: FromNetwork, Asked: true},
		},
		Options: stores,
	},
	{
		Name:    NetworkOnly,
		Summary: "Leaves the request to the network and stores nothing.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromNetwork, Asked: true},
			{Cached: true, Network: Down, Answer: FromError, Asked: true},
			{Cached: true, Network: Slow, Answer: FromNetwork, Asked: true},
			{Cached: true, Network: Failing, Answer: FromNetwork, Asked: true},
			{Cached: false, Network: Up, Answer: FromNetwork, Asked: true},
			{Cached: false, Network: Down, Answer: FromError, Asked: true},
			{Cached: false, Network: Slow, Answer: FromNetwork, Asked: true},
			{Cached: false, Network: Failing, Answer: FromNetwork, Asked: true},
		},
	},
	{
		Name:    CacheOnly,
		Summary: "Answers from the cache and never asks the network.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromCache},
			{Cached: true, Network: Down, Answer: FromCache},
			{Cached: true, Network: Slow, Answer: FromCache},
			{Cached: true, Network: Failing, Answer: FromCache},
			{Cached: false, Network: Up, Answer: FromError},
			{Cached: false, Network: Down, Answer: FromError},
			{Cached: false, Network: Slow, Answer: FromError},
			{Cached: false, Network: Failing, Answer: FromError},
		},
		Options: []string{"cache", "max_age", "ignore_query"},
	},
	{
		Name:    Precache,
		Summary: "Answers for the files of the manifest from the version that the page belongs to, and mends what is missing from the network.",
		Promises: []Promise{
			{Cached: true, Network: Up, Answer: FromCache},
			{Cached: true, Network: Down, Answer: FromCache},
			{Cached: true, Network: Slow, Answer: FromCache},
			{Cached: true, Network: Failing, Answer: FromCache},
			{Cached: false, Network: Up, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Down, Answer: FromError, Asked: true},
			{Cached: false, Network: Slow, Answer: FromNetwork, Asked: true, Stored: true},
			{Cached: false, Network: Failing, Answer: FromNetwork, Asked: true},
		},
	},
}
