package platform

import (
	"fmt"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
)

type cache = *cachestorage.Cache

// query reads the request and the options of a query; request is nil for
// "every entry".
func (r *Realm) query(a arguments, request int) (q *fetch.Request, o cachestorage.Options, err error) {
	if a.at(request) != nil {
		q, err = r.request(a.at(request))
	}
	o = cachestorage.Options{IgnoreSearch: a.bool(request + 1), IgnoreMethod: a.bool(request + 2), IgnoreVary: a.bool(request + 3)}
	return q, o, err
}

func detail(q *fetch.Request) string {
	if q == nil {
		return "every entry"
	}
	return q.URL
}

func (r *Realm) cacheFunctions(add func(string, function)) {
	// Every operation is one task that answers in another, as in a browser.
	storage := func(name string, run func(a arguments, s *cachestorage.Storage) (any, error)) {
		add(name, func(a arguments) (any, error) {
			call := a.int(0)
			value, err := any(nil), r.point(name, a.string(1))
			if err == nil {
				var s *cachestorage.Storage
				if s, err = r.Outside.Caches(); err == nil {
					value, err = run(a, s)
				}
			}
			r.answer(call, name, a.string(1), value, err)
			return nil, nil
		})
	}
	storage("cachesOpen", func(a arguments, s *cachestorage.Storage) (any, error) {
		return r.caches.add(s.Open(a.string(1))), nil
	})
	storage("cachesHas", func(a arguments, s *cachestorage.Storage) (any, error) { return s.Has(a.string(1)), nil })
	storage("cachesDelete", func(a arguments, s *cachestorage.Storage) (any, error) { return s.Delete(a.string(1)), nil })
	storage("cachesKeys", func(_ arguments, s *cachestorage.Storage) (any, error) { return s.Names(), nil })
	storage("cachesMatch", func(a arguments, s *cachestorage.Storage) (any, error) {
		q, o, err := r.query(a, 1)
		if err != nil {
			return nil, err
		}
		var names []string
		if a.at(5) != nil {
			names = []string{a.string(5)}
		}
		return r.found(s.Match(q, o, names...)), nil
	})

	entries := func(name string, run func(a arguments, c cache, q *fetch.Request, o cachestorage.Options) (any, error)) {
		add(name, func(a arguments) (any, error) {
			call := a.int(0)
			c, ok := r.caches.of[a.int(1)]
			if !ok {
				return nil, fmt.Errorf("no cache has number %d", a.int(1))
			}
			q, o, err := r.query(a, 2)
			if err == nil {
				err = r.point(name, detail(q))
			}
			var value any
			if err == nil {
				value, err = run(a, c, q, o)
			}
			r.answer(call, name, detail(q), value, err)
			return nil, nil
		})
	}
	entries("cacheMatch", func(a arguments, c cache, q *fetch.Request, o cachestorage.Options) (any, error) {
		if !a.bool(6) {
			return r.found(c.Match(q, o)), nil
		}
		records := jsvm.List{}
		for _, p := range c.MatchAll(q, o) {
			records = append(records, r.ResponseRecord(p))
		}
		return records, nil
	})
	entries("cacheKeys", func(_ arguments, c cache, q *fetch.Request, o cachestorage.Options) (any, error) {
		found := c.Keys(q, o)
		records := make(jsvm.List, len(found))
		for i, q := range found {
			records[i] = RecordOf(q)
		}
		return records, nil
	})
	entries("cacheDelete", func(_ arguments, c cache, q *fetch.Request, o cachestorage.Options) (any, error) {
		return c.Delete(q, o), nil
	})
	add("cachePut", r.cachePut)
}

// found is what a query answers with.
func (r *Realm) found(p *fetch.Response) any {
	if p == nil {
		return nil
	}
	return r.ResponseRecord(p)
}

// cachePut stores once every body has ended, all or none.
func (r *Realm) cachePut(a arguments) (any, error) {
	call := a.int(0)
	c, ok := r.caches.of[a.int(1)]
	if !ok {
		return nil, fmt.Errorf("no cache has number %d", a.int(1))
	}
	var batch []cachestorage.Pair
	for i := 2; i < len(a); i += 2 {
		q, err := r.request(a[i])
		if err != nil {
			return nil, err
		}
		p, err := r.Response(a.at(i + 1))
		if err != nil {
			return nil, err
		}
		batch = append(batch, cachestorage.Pair{Request: q, Response: p})
	}
	r.Loop.Go(func(co *eventloop.Co) {
		err := readBodies(co, batch)
		if r.state != alive {
			return
		}
		if err == nil {
			err = r.point("cachePut", batchDetail(batch))
		}
		if err == nil {
			err = c.Put(batch...)
		}
		r.answer(call, "cachePut", batchDetail(batch), nil, err)
	})
	return nil, nil
}

func readBodies(co *eventloop.Co, batch []cachestorage.Pair) error {
	for i, p := range batch {
		body := p.Response.Unfiltered().Body
		if body == nil {
			continue
		}
		var failed error
		read := eventloop.NewFuture[[]byte](co.Loop())
		body.ReadAll(func(all []byte, err error) {
			failed = err
			read.Resolve(notNil(all))
		})
		batch[i].Body = eventloop.Await(co, read)
		if failed != nil {
			return failed
		}
	}
	return nil
}

func batchDetail(batch []cachestorage.Pair) string {
	if len(batch) == 1 {
		return batch[0].Request.URL
	}
	return fmt.Sprintf("%d entries", len(batch))
}
