package platform

import (
	"errors"
	"fmt"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
)

// arguments are what script called a host function with. The prelude is
// trusted to call as src/host.ts declares: a wrong type is a mistake of ours
// and panics.
type arguments []any

func (a arguments) at(i int) any {
	if i < len(a) {
		return a[i]
	}
	return nil
}

func (a arguments) int(i int) int { return int(a.at(i).(float64)) }

func (a arguments) string(i int) string {
	s, _ := a.at(i).(string)
	return s
}

func (a arguments) bool(i int) bool {
	b, _ := a.at(i).(bool)
	return b
}

func (a arguments) bytes(i int) []byte {
	b, _ := a.at(i).([]byte)
	return b
}

func (a arguments) json(i int) jsvm.JSON {
	j, _ := a.at(i).(jsvm.JSON)
	return j
}

// milliseconds is a delay of script as a duration.
func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

type function func(a arguments) (any, error)

// host is the object that the prelude is given.
func (r *Realm) host() map[string]any {
	host := map[string]any{
		"kind": string(r.Kind), "location": r.URL, "secure": r.Secure, "scriptType": "classic",
		"showMembers": jsvm.ShowMembers,
	}
	if r.Module {
		host["scriptType"] = "module"
	}
	add := func(name string, f function) {
		host[name] = jsvm.HostFunc(func(args []any) (any, error) {
			value, err := f(args)
			if err != nil {
				return nil, thrown(err)
			}
			return value, nil
		})
	}
	r.timeFunctions(add)
	r.valueFunctions(add)
	r.bodyFunctions(add)
	r.recordFunctions(add)
	r.fetchFunctions(add)
	r.cacheFunctions(add)
	r.messageFunctions(add)
	r.databaseFunctions(add)
	r.lockFunctions(add)
	r.outsideFunctions(add)
	return host
}

// thrown is an error as the engine throws it.
func thrown(err error) error {
	var ofScript *jsvm.Exception
	if errors.As(err, &ofScript) || isLimit(err) {
		return err
	}
	e := asException(err)
	return &jsvm.Exception{Name: e.Name, Message: e.Message}
}

// manyLooks is how often script may look at the clock in one task before the
// clock goes on: a script that waits for a time in a loop must find it.
const manyLooks = 1000

func (r *Realm) watch() {
	if r.looks++; r.looks > manyLooks {
		r.Loop.Drift(time.Millisecond)
	}
}

func (r *Realm) timeFunctions(add func(string, function)) {
	add("now", func(arguments) (any, error) {
		r.watch()
		return float64(r.Loop.Now().UnixMicro()) / 1000, nil
	})
	add("elapsed", func(arguments) (any, error) {
		r.watch()
		return float64(r.Loop.Now().Sub(r.began).Microseconds()) / 1000, nil
	})
	add("setTimer", func(a arguments) (any, error) {
		id := a.int(0)
		r.timers[id] = r.Loop.After(milliseconds(a.at(1).(float64)), func() {
			delete(r.timers, id)
			_ = r.enter(func() error {
				_, err := r.hooks.Call("timer", id)
				return err
			})
		})
		return nil, nil
	})
	add("clearTimer", func(a arguments) (any, error) {
		if t, ok := r.timers[a.int(0)]; ok {
			t.Stop()
			delete(r.timers, a.int(0))
		}
		return nil, nil
	})
	add("random", func(a arguments) (any, error) {
		b := make([]byte, a.int(0))
		r.Outside.Random(b)
		return b, nil
	})
	add("log", func(a arguments) (any, error) {
		r.Outside.Console(a.string(0), a.string(1))
		return nil, nil
	})
	add("report", func(a arguments) (any, error) {
		r.Outside.Report(a.string(0), &Exception{Name: a.string(1), Message: a.string(2), Stack: a.string(3)})
		return nil, nil
	})
}

func (r *Realm) fetchFunctions(add func(string, function)) {
	add("fetch", func(a arguments) (any, error) {
		call := a.int(0)
		request, err := r.request(a.at(1))
		if err != nil {
			return nil, err
		}
		if a.at(2) != nil {
			body, err := r.takeBody(a.int(2))
			if err != nil {
				return nil, err
			}
			request.Body = body
		}
		if err := r.point("fetch", request.Method+" "+request.URL); err != nil {
			r.settle(call, r.ResponseRecord(fetch.NetworkError(err.Error())), nil)
			return nil, nil
		}
		abort := eventloop.NewFuture[struct{}](r.Loop)
		r.aborts[call] = abort
		r.Outside.Fetch(request, abort).Then(func(p *fetch.Response) {
			if r.state != alive {
				return
			}
			_ = r.enter(func() error {
				_, err := r.hooks.Call("settle", call, true, r.ResponseRecord(p))
				return err
			})
		})
		return nil, nil
	})
	add("fetchAbort", func(a arguments) (any, error) {
		if abort, ok := r.aborts[a.int(0)]; ok {
			abort.Resolve(struct{}{})
		}
		return nil, nil
	})
	add("importScript", func(a arguments) (any, error) {
		if err := r.point("importScripts", a.string(0)); err != nil {
			return nil, err
		}
		source, err := wait(r, func() (string, error) { return r.Outside.ImportScript(a.string(0)) })
		if err != nil {
			return nil, err
		}
		return map[string]string{"url": a.string(0), "source": source}, nil
	})
	add("evalScript", func(a arguments) (any, error) {
		return nil, r.vm.Exec(a.string(0), a.string(1))
	})
	add("evaluated", func(a arguments) (any, error) {
		if a.bool(0) {
			r.evaluating(a.at(1), nil)
		} else {
			r.evaluating(nil, &Exception{Name: a.string(2), Message: a.string(1)})
		}
		return nil, nil
	})
	add("wantCheckpoint", func(arguments) (any, error) {
		r.checkpoint = true
		return nil, nil
	})
	add("microtasks", func(arguments) (any, error) {
		_, err := r.vm.Drain()
		return nil, err
	})
	add("blobURLCreate", func(a arguments) (any, error) { return r.Exchange.addBlob(r, a.bytes(0), a.string(1)), nil })
	add("blobURLRevoke", func(a arguments) (any, error) {
		delete(r.Exchange.blobs, a.string(0))
		return nil, nil
	})
	add("loadPart", func(a arguments) (any, error) {
		p, err := notScript(r, func() (jsvm.Program, error) { return program(a.string(0)) })
		if err != nil {
			return nil, err
		}
		return nil, r.vm.RunInto(p, "__part")
	})
}

// point asks the browser whether an operation may start. Stopping the realm
// there throws what script cannot catch.
func (r *Realm) point(operation, detail string) error {
	err := r.Outside.Point(operation, detail)
	if err == ErrStop {
		r.Close()
	}
	return err
}

func (r *Realm) outsideFunctions(add func(string, function)) {
	add("tell", func(a arguments) (any, error) { return r.Outside.Tell(a.string(0), a[1:]) })
	add("askOutside", func(a arguments) (any, error) {
		call, operation := a.int(0), a.string(1)
		if err := r.point(operation, fmt.Sprint(a[2:]...)); err != nil {
			r.answer(call, operation, "", nil, err)
			return nil, nil
		}
		r.Outside.Ask(operation, a[2:], func(value any, err error) { r.answer(call, operation, "", value, err) })
		return nil, nil
	})
	add("online", func(arguments) (any, error) { return r.Outside.Online(), nil })
	add("storageEstimate", func(a arguments) (any, error) {
		usage, quota := r.Outside.Storage()
		r.settle(a.int(0), map[string]int64{"usage": usage, "quota": quota}, nil)
		return nil, nil
	})
	add("storagePersist", func(a arguments) (any, error) {
		r.settle(a.int(0), false, nil)
		return nil, nil
	})
}
