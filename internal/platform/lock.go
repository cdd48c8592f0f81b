package platform

import "slices"

// lock is a request for a Web Lock, or the lock once it was granted
// (https://w3c.github.io/web-locks/).
type lock struct {
	id      int
	realm   *Realm
	call    int
	origin  string
	name    string
	mode    string // exclusive or shared
	granted bool
}

func (l *lock) info() map[string]string {
	return map[string]string{"name": l.name, "mode": l.mode, "clientId": l.realm.ClientID}
}

// locks are the requests of all origins, in order: those granted and those
// that wait.
type locks struct {
	list []*lock
}

// blocked says whether a request must wait for one before it.
func (x *locks) blocked(l *lock) bool {
	for _, other := range x.list {
		if other == l {
			return false
		}
		if other.origin == l.origin && other.name == l.name && (l.mode == "exclusive" || other.mode == "exclusive") {
			return true
		}
	}
	return false
}

// grant answers every request that nothing blocks any more.
func (x *locks) grant() {
	for _, l := range x.list {
		if !l.granted && !x.blocked(l) {
			l.granted = true
			l.realm.settle(l.call, l.id, nil)
		}
	}
}

// drop removes the requests that match and grants what they blocked.
func (x *locks) drop(match func(*lock) bool) {
	x.list = slices.DeleteFunc(x.list, match)
	x.grant()
}

func (x *locks) request(l *lock, ifAvailable, steal bool) {
	if steal {
		for _, other := range x.list {
			if other.granted && other.origin == l.origin && other.name == l.name {
				other.realm.call("lockBroken", other.id)
			}
		}
		x.list = slices.DeleteFunc(x.list, func(o *lock) bool { return o.granted && o.origin == l.origin && o.name == l.name })
		x.list = slices.Insert(x.list, 0, l)
		x.grant()
		return
	}
	x.list = append(x.list, l)
	if ifAvailable && x.blocked(l) {
		x.list = x.list[:len(x.list)-1]
		l.realm.settle(l.call, nil, nil)
		return
	}
	x.grant()
}

func (r *Realm) lockFunctions(add func(string, function)) {
	x := &r.Exchange.locks
	add("lockRequest", func(a arguments) (any, error) {
		r.Exchange.last++
		l := &lock{id: r.Exchange.last, realm: r, call: a.int(0), origin: originOf(r.URL), name: a.string(1), mode: a.string(2)}
		if err := r.point("locks.request", l.name); err != nil {
			r.settle(l.call, nil, err)
			return nil, nil
		}
		x.request(l, a.bool(3), a.bool(4))
		return nil, nil
	})
	add("lockRelease", func(a arguments) (any, error) {
		x.drop(func(l *lock) bool { return l.id == a.int(0) })
		return nil, nil
	})
	add("lockCancel", func(a arguments) (any, error) {
		call := a.int(0)
		for _, l := range x.list {
			if l.realm == r && l.call == call && !l.granted {
				r.settle(call, nil, &Exception{Name: "AbortError", Message: "The request was aborted."})
			}
		}
		x.drop(func(l *lock) bool { return l.realm == r && l.call == call && !l.granted })
		return nil, nil
	})
	add("lockQuery", func(arguments) (any, error) {
		state := map[string][]map[string]string{"held": {}, "pending": {}}
		for _, l := range x.list {
			kind := "pending"
			if l.granted {
				kind = "held"
			}
			if l.origin == originOf(r.URL) {
				state[kind] = append(state[kind], l.info())
			}
		}
		return state, nil
	})
}
