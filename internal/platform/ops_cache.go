package platform

import (
	"fmt"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
)

type cache = *cachestorage.Cache

type queryRecord struct {
	IgnoreSearch bool    `json:"ignoreSearch"`
	IgnoreMethod bool    `json:"ignoreMethod"`
	IgnoreVary   bool    `json:"ignoreVary"`
	CacheName    *string `json:"cacheName"`
}

func (q queryRecord) options() cachestorage.Options {
	return cachestorage.Options{IgnoreSearch: q.IgnoreSearch, IgnoreMethod: q.IgnoreMethod, IgnoreVary: q.IgnoreVary}
}

// query reads the request and the options of a query; request is nil for
// "every entry".
func query(a arguments, request, options int) (q *fetch.Request, o queryRecord, err error) {
	if a.at(request) != nil {
		var record RequestRecord
		if err := read(a.at(request), &record); err != nil {
			return nil, o, err
		}
		q = record.request()
	}
	if a.at(options) != nil {
		err = read(a.at(options), &o)
	}
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
			r.settle(call, value, err)
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
		q, o, err := query(a, 1, 2)
		if err != nil {
			return nil, err
		}
		var names []string
		if o.CacheName != nil {
			names = []string{*o.CacheName}
		}
		return r.found(s.Match(q, o.options(), names...)), nil
	})

	entries := func(name string, request int, run func(a arguments, c cache, q *fetch.Request, o queryRecord) (any, error)) {
		add(name, func(a arguments) (any, error) {
			call := a.int(0)
			c, ok := r.caches.of[a.int(1)]
			if !ok {
				return nil, fmt.Errorf("no cache has number %d", a.int(1))
			}
			q, o, err := query(a, request, request+1)
			if err == nil {
				err = r.point(name, detail(q))
			}
			var value any
			if err == nil {
				value, err = run(a, c, q, o)
			}
			r.settle(call, value, err)
			return nil, nil
		})
	}
	entries("cacheMatch", 2, func(a arguments, c cache, q *fetch.Request, o queryRecord) (any, error) {
		if !a.bool(4) {
			return r.found(c.Match(q, o.options())), nil
		}
		records := []any{}
		for _, p := range c.MatchAll(q, o.options()) {
			records = append(records, r.ResponseRecord(p))
		}
		return records, nil
	})
	entries("cacheKeys", 2, func(_ arguments, c cache, q *fetch.Request, o queryRecord) (any, error) {
		found := c.Keys(q, o.options())
		records := make([]RequestRecord, len(found))
		for i, q := range found {
			records[i] = RecordOf(q)
		}
		return records, nil
	})
	entries("cacheDelete", 2, func(_ arguments, c cache, q *fetch.Request, o queryRecord) (any, error) {
		return c.Delete(q, o.options()), nil
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
	var given []struct {
		Request  RequestRecord  `json:"request"`
		Response responseRecord `json:"response"`
	}
	if err := read(a.at(2), &given); err != nil {
		return nil, err
	}
	batch := make([]cachestorage.Pair, len(given))
	for i, g := range given {
		p, err := r.response(g.Response)
		if err != nil {
			return nil, err
		}
		batch[i] = cachestorage.Pair{Request: g.Request.request(), Response: p}
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
		r.settle(call, nil, err)
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
