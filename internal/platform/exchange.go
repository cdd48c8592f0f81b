package platform

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/jsvm"
)

// MessageRecord is a serialized value as src/clone.ts makes it. Go only
// carries it; Ports are the message ports that travel with it.
type MessageRecord struct {
	Value   string   `json:"value"`
	Buffers []string `json:"buffers"`
	Ports   []int    `json:"ports"`
}

// Exchange carries messages between the realms of one browser, through
// message ports and broadcast channels.
type Exchange struct {
	loop     *eventloop.Loop
	last     int
	ports    map[int]*port
	channels map[int]*channel
	order    []int // channels in the order in which they were opened
	blobs    map[string]blob
	locks    locks
}

// blob is what a blob: URL stands for, for as long as its realm lives.
type blob struct {
	realm *Realm
	bytes []byte
	kind  string
}

type port struct {
	peer    int
	realm   *Realm // nil while it travels
	started bool
	queue   []jsvm.JSON
}

type channel struct {
	realm  *Realm
	origin string
	name   string
}

// NewExchange makes the exchange of a browser.
func NewExchange(l *eventloop.Loop) *Exchange {
	return &Exchange{loop: l, ports: make(map[int]*port), channels: make(map[int]*channel), blobs: make(map[string]blob)}
}

// Pair makes two entangled ports that no realm has yet.
func (x *Exchange) Pair() (a, b int) {
	a, b = x.last+1, x.last+2
	x.last = b
	x.ports[a], x.ports[b] = &port{peer: b}, &port{peer: a}
	return a, b
}

// Give makes realm the owner of a port, as when a message that carries it
// arrives.
func (x *Exchange) Give(id int, to *Realm) {
	if p := x.ports[id]; p != nil {
		p.realm, p.started = to, false
	}
}

// Post sends a message from one port to the other.
func (x *Exchange) Post(from int, message jsvm.JSON) {
	p := x.ports[from]
	if p == nil {
		return
	}
	to := x.ports[p.peer]
	if to == nil {
		return
	}
	x.ship(message)
	to.queue = append(to.queue, message)
	x.loop.Post(func() { x.flush(p.peer) })
}

// flush delivers what has waited until the port was started.
func (x *Exchange) flush(id int) {
	p := x.ports[id]
	for p != nil && p.started && p.realm != nil && len(p.queue) > 0 {
		message := p.queue[0]
		p.queue = p.queue[1:]
		p.realm.receive(id, message)
		p = x.ports[id]
	}
}

func (x *Exchange) start(id int) {
	if p := x.ports[id]; p != nil && !p.started {
		p.started = true
		x.loop.Post(func() { x.flush(id) })
	}
}

// close disentangles a port; its peer is told.
func (x *Exchange) close(id int) {
	p := x.ports[id]
	delete(x.ports, id)
	if p == nil || x.ports[p.peer] == nil {
		return
	}
	peer := p.peer
	x.loop.Post(func() {
		if other := x.ports[peer]; other != nil && other.realm != nil {
			other.realm.call("portClosed", peer)
			delete(x.ports, peer)
		}
	})
}

// broadcast sends a message to the other channels of the same name and origin.
func (x *Exchange) broadcast(from int, message jsvm.JSON) {
	sender := x.channels[from]
	if sender == nil {
		return
	}
	for _, id := range x.order {
		if c := x.channels[id]; id != from && c != nil && c.name == sender.name && c.origin == sender.origin {
			c.realm.task(func() error {
				if x.channels[id] != c {
					return nil
				}
				_, err := c.realm.hooks.Call("channelMessage", id, message)
				return err
			})
		}
	}
}

func (x *Exchange) addBlob(r *Realm, b []byte, kind string) string {
	x.last++
	url := fmt.Sprintf("blob:%s/00000000-0000-4000-8000-%012x", originOf(r.URL), x.last)
	x.blobs[url] = blob{r, b, kind}
	return url
}

// Blob is what a blob: URL stands for.
func (x *Exchange) Blob(url string) (bytes []byte, contentType string, ok bool) {
	b, ok := x.blobs[url]
	return b.bytes, b.kind, ok
}

// leave forgets what a realm that ended had open.
func (x *Exchange) leave(r *Realm) {
	for _, id := range slices.Sorted(maps.Keys(x.ports)) {
		if p := x.ports[id]; p != nil && p.realm == r {
			x.close(id)
		}
	}
	x.locks.drop(func(l *lock) bool { return l.realm == r })
	for url, b := range x.blobs {
		if b.realm == r {
			delete(x.blobs, url)
		}
	}
	open := x.order[:0]
	for _, id := range x.order {
		if x.channels[id].realm == r {
			delete(x.channels, id)
		} else {
			open = append(open, id)
		}
	}
	x.order = open
}

// receive delivers a message to a port of the realm, with the ports that
// travel with it.
func (r *Realm) receive(id int, message jsvm.JSON) {
	_ = r.enter(func() error {
		r.TakePorts(message)
		_, err := r.hooks.Call("portMessage", id, message)
		return err
	})
}

// TakePorts makes the realm the owner of the ports that a message carries.
func (r *Realm) TakePorts(message jsvm.JSON) {
	for _, id := range portsOf(message) {
		r.Exchange.Give(id, r)
	}
}

// ship takes the ports that a message carries from their realm: what arrives
// for them waits.
func (x *Exchange) ship(message jsvm.JSON) {
	for _, id := range portsOf(message) {
		x.Give(id, nil)
	}
}

func portsOf(message jsvm.JSON) []int {
	var carried struct {
		Ports []int `json:"ports"`
	}
	if json.Unmarshal(message, &carried) != nil {
		return nil
	}
	return carried.Ports
}

func (r *Realm) messageFunctions(add func(string, function)) {
	x := r.Exchange
	add("portPair", func(arguments) (any, error) {
		a, b := x.Pair()
		x.Give(a, r)
		x.Give(b, r)
		return []int{a, b}, nil
	})
	add("portPost", func(a arguments) (any, error) {
		x.Post(a.int(0), a.json(1))
		return nil, nil
	})
	add("portStart", func(a arguments) (any, error) {
		x.start(a.int(0))
		return nil, nil
	})
	add("portClose", func(a arguments) (any, error) {
		x.close(a.int(0))
		return nil, nil
	})
	add("channelOpen", func(a arguments) (any, error) {
		x.last++
		x.channels[x.last] = &channel{r, originOf(r.URL), a.string(0)}
		x.order = append(x.order, x.last)
		return x.last, nil
	})
	add("channelPost", func(a arguments) (any, error) {
		x.broadcast(a.int(0), a.json(1))
		return nil, nil
	})
	add("channelClose", func(a arguments) (any, error) {
		delete(x.channels, a.int(0))
		for i, id := range x.order {
			if id == a.int(0) {
				x.order = append(x.order[:i], x.order[i+1:]...)
				break
			}
		}
		return nil, nil
	})
}
