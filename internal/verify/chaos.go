package verify

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/swgen/swgen/swtest"
)

// chaosLaw is what --chaos adds.
var chaosLaw = Law{
	Code: "chaos", Name: "chaos",
	Sentence: "Whatever fails while versions come and go, a page is of one version, and the next quiet update mends everything.",
	needs:    deployable, check: chaos,
}

// chaos plays storms, each with a seed of its own.
func chaos(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	for i := range t.options.Chaos {
		if t.ctx.Err() != nil {
			return
		}
		s := t.storm(d, t.options.Seed+uint64(i))
		s.play()
		t.done()
	}
}

// storm is a time in which operations fail, storage is full, requests are
// late, lost or cut off and the worker is killed, while visitors come and go
// and the site is deployed forth and back.
type storm struct {
	*trial
	d      *deploy
	b      *swtest.Browser
	random *rand.Rand
	calm   bool
	tabs   []*swtest.Tab
	when   string
}

func (t *trial) storm(d *deploy, seed uint64) *storm {
	t.law.remedy = fmt.Sprintf("look at the last faults in the trace; repeat it with --chaos 1 --seed %d", seed)
	s := &storm{
		trial: t, d: d, random: rand.New(rand.NewPCG(seed, 0x5eed)),
		when: fmt.Sprintf("chaos with seed %d", seed),
	}
	s.b = t.copyWith(d.from, swtest.Options{Point: s.fault})
	s.b.Network.Script(s.weather)
	return s
}

func (s *storm) fault(swtest.Point) swtest.Fault {
	if s.calm || s.random.IntN(12) > 0 {
		return swtest.Proceed
	}
	return []swtest.Fault{swtest.Fail, swtest.Full, swtest.Kill}[s.random.IntN(3)]
}

func (s *storm) weather(*swtest.Request) swtest.Weather {
	if s.calm {
		return swtest.Weather{}
	}
	return swtest.Weather{
		Delay: time.Duration(s.random.IntN(3000)) * time.Millisecond, Fail: s.random.IntN(10) == 0,
		Cut: max(0, s.random.IntN(400)-300),
	}
}

// play lets things happen, and then lets the site be.
func (s *storm) play() {
	s.open()
	for range 12 {
		s.step()
	}
	s.calm = true
	for _, tab := range s.tabs {
		tab.Close()
	}
	s.b.Advance(time.Minute)
	s.deploy(s.b, s.d.to)
	s.takeOver(s.b)
	s.since[s.b] = 0
	if s.check(s.arrived(s.b, s.d), s.b, "", "", "%s: once all was quiet again, the new version was not installed", s.when) {
		s.whole(s.b, s.d.hashes, s.needed(), s.when)
		s.noLitter(s.b, s.d, s.when)
	}
}

// needed are the URLs that must answer in the end. What is optional may have
// been lost in the storm, and is not tried again until the next version.
func (s *storm) needed() map[string]bool {
	needed := make(map[string]bool)
	for u, answers := range s.d.offline {
		needed[u] = answers && !optional(s.d.to.Manifest, u)
	}
	return needed
}

// step is one thing that happens.
func (s *storm) step() {
	switch s.random.IntN(8) {
	case 0, 1:
		s.deploy(s.b, s.d.to)
	case 2:
		s.deploy(s.b, s.d.from.Deployment)
	case 3:
		s.open()
	case 4:
		if len(s.tabs) > 0 {
			s.tabs[0].Close()
			s.tabs = s.tabs[1:]
		}
	case 5:
		s.kill(s.b)
	case 6:
		s.b.Advance(time.Duration(s.random.IntN(90)) * time.Second)
	case 7:
		if len(s.tabs) > 0 {
			for _, u := range s.d.critical() {
				load(s.tabs[len(s.tabs)-1], u)
			}
		}
	}
}

// open opens a page, which must be of one of the versions, if it comes at all.
func (s *storm) open() {
	tab := s.b.Open(home + s.d.page)
	s.tabs = append(s.tabs, tab)
	if p := tab.Page(); s.d.page != "" && p.Err == nil && p.Status == 200 {
		s.check(versionOf(p, s.d) >= 0, s.b, s.d.page, "", "%s: the page is of no version: %s", s.when, describe(p))
	}
}
