package audit

import (
	"slices"

	"github.com/swgen/swgen/internal/page"
)

// Needs lists what a page needs, directly or by way of what it needs, each
// URL once and with the greatest weight that a way to it has; what is weaker
// than weakest is left out. The page itself is not among them. The order is by
// weight, and what is asked for first comes first.
func (s *Site) Needs(p *Page, weakest Weight) []Need {
	var needs []Need
	w := s.walker()
	defer s.walkers.Put(w)
	w.walk(p.node, weakest, func(in *node, e *edge, t *target, w Weight) {
		needs = append(needs, need(in, e, t, w))
	})
	return needs
}

// Refs lists what one file asks for itself. Where that depends on the page
// that it is part of, URL and Target are "".
func (s *Site) Refs(file string) []Need {
	n := s.nodes[file]
	if n == nil {
		return nil
	}
	needs := make([]Need, len(n.edges))
	for i := range n.edges {
		e := &n.edges[i]
		needs[i] = need(n, e, e.to, e.weight)
	}
	return needs
}

// Referrers lists the references that lead to a file, in the order of the
// files that they are in. Where that depends on the page, they are left out.
func (s *Site) Referrers(file string) []Need {
	var needs []Need
	for _, n := range s.list {
		for i := range n.edges {
			if e := &n.edges[i]; e.to != nil && e.to.node != nil && e.to.node.name == file {
				needs = append(needs, need(n, e, e.to, e.weight))
			}
		}
	}
	return needs
}

// Links lists the files that the anchors of a page lead to, sorted.
func (p *Page) Links() []string {
	var names []string
	for _, t := range p.node.links {
		names = append(names, t.node.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Addresses are the URL paths, with their queries, of the site's pages that the
// anchors of a page lead to, one for each anchor.
func (p *Page) Addresses() []string {
	urls := make([]string, len(p.node.links))
	for i, t := range p.node.links {
		urls[i] = t.url
	}
	return urls
}

func need(in *node, e *edge, t *target, w Weight) Need {
	n := Need{Written: e.written, Kind: e.kind, Weight: w, In: in.name, Line: int(e.line), Lead: Unresolved}
	if t != nil {
		n.URL, n.Lead, n.Location = t.url, t.leadFor(e.kind), t.location
		if t.node != nil && n.Lead != Missing {
			n.Target = t.node.name
		}
	}
	return n
}

// A realm is a global environment in which scripts run: that of the page, of
// a frame in it, of a worker that it starts.
type realm struct {
	root *node
	base string
	maps *importMap
}

// maxRealms is how many frames and workers of a page are looked into.
const maxRealms = 100

// A walker finds what can be reached from a page.
type walker struct {
	site *Site
	// visited and reached have the number of the walk in which a node was
	// entered in the page's own realm, and a target was found.
	visited, reached []uint32
	walkNumber       uint32
	// inner has the nodes that were entered in other realms.
	inner  map[visit]bool
	realms []realm
	// queues have the edges to follow, by weight.
	queues [Assumed + 1][]step
	found  func(in *node, e *edge, t *target, w Weight)
	// entered, if not nil, is called for each file that is a part of the page.
	entered func(v visit, w Weight)
}

type visit struct {
	node  *node
	realm int
}

// step is an edge to follow.
type step struct {
	visit
	edge *edge
}

func (s *Site) walker() *walker {
	if w, ok := s.walkers.Get().(*walker); ok {
		return w
	}
	return &walker{site: s, visited: make([]uint32, len(s.list)), inner: make(map[visit]bool)}
}

// walk calls found for each thing that a page needs: with the edge that leads
// to it, nil as its target when it is unresolved, and its weight for the page.
func (w *walker) walk(root *node, weakest Weight, found func(in *node, e *edge, t *target, w Weight)) {
	w.walkNumber++
	w.found = found
	clear(w.inner)
	w.realms = append(w.realms[:0], realm{root, root.base, root.maps})
	w.enter(visit{root, 0}, Required)
	for weight := Required; weight <= weakest; weight++ {
		for i := 0; i < len(w.queues[weight]); i++ {
			w.follow(w.queues[weight][i], weight)
		}
	}
	for i := range w.queues {
		w.queues[i] = w.queues[i][:0]
	}
}

// enter queues the edges of a file.
func (w *walker) enter(v visit, weight Weight) {
	if v.realm == 0 && int(v.node.index) < len(w.visited) {
		if w.visited[v.node.index] == w.walkNumber {
			return
		}
		w.visited[v.node.index] = w.walkNumber
	} else {
		if w.inner[v] {
			return
		}
		w.inner[v] = true
	}
	if w.entered != nil {
		w.entered(v, weight)
	}
	for i := range v.node.edges {
		e := &v.node.edges[i]
		at := max(weight, e.weight)
		w.queues[at] = append(w.queues[at], step{v, e})
	}
	for _, a := range v.node.assumes {
		if dir := w.site.assumed[a]; dir != nil {
			w.enter(visit{dir, v.realm}, Assumed)
		}
	}
}

func (w *walker) follow(st step, weight Weight) {
	e := st.edge
	t := w.target(st)
	if t == nil {
		w.found(st.node, e, nil, weight)
		return
	}
	for int(t.index) >= len(w.reached) {
		w.reached = append(w.reached, make([]uint32, 1+int(t.index))...)
	}
	if w.reached[t.index] != w.walkNumber {
		w.reached[t.index] = w.walkNumber
		w.found(st.node, e, t, weight)
	}
	if t.node == nil || t.leadFor(e.kind) == Missing || roleOf(e.kind, t.node.name) == unread {
		return
	}
	w.enter(visit{t.node, w.realmFor(st, t)}, weight)
}

// realmFor is the realm that the file at the end of an edge is read in.
func (w *walker) realmFor(st step, t *target) int {
	if e := st.edge; e.kind != page.Worker && roleOf(e.kind, t.node.name) != asPage {
		return st.realm
	}
	for i, r := range w.realms {
		if r.root == t.node {
			return i
		}
	}
	if len(w.realms) == maxRealms {
		return st.realm
	}
	w.realms = append(w.realms, realm{t.node, t.node.base, t.node.maps})
	return len(w.realms) - 1
}

// target is what an edge leads to in its realm.
func (w *walker) target(st step) *target {
	e, r := st.edge, w.realms[st.realm]
	switch {
	case e.from == page.FromImport && r.maps != nil:
		return w.site.mapped(r.maps, e, st.node)
	case e.to == nil && e.from == page.FromPage && !e.pattern:
		return w.site.resolve(e.written, r.base)
	}
	return e.to
}
