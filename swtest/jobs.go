package swtest

import "github.com/swgen/swgen/internal/eventloop"

// job is one of the scheduled jobs of a scope (Service Workers, Jobs). Two
// with the same key are equivalent.
type job struct {
	key     jobKey
	promise *eventloop.Future[registered]
	steps   func(co *eventloop.Co, promise *eventloop.Future[registered])
}

// jobKey is what makes jobs of a scope equivalent.
type jobKey struct {
	kind string // register, update or unregister, which needs no more
	script
	updateViaCache string
}

// script is what a worker is made of.
type script struct {
	url    string
	module bool
}

// registered is how a job ends for the promise that waits for it.
type registered struct {
	reg *registration
	err error
}

// schedule is Schedule Job: jobs of a scope run one after another, and one
// that is equivalent to the last of them, whose promise is still open, is no
// other job.
func (o *origin) schedule(scope string, j *job) *eventloop.Future[registered] {
	queue := o.jobs[scope]
	if n := len(queue); n > 0 && queue[n-1].key == j.key && !queue[n-1].promise.Done() {
		return queue[n-1].promise
	}
	j.promise = eventloop.NewFuture[registered](o.browser.loop)
	o.jobs[scope] = append(queue, j)
	if len(queue) == 0 {
		o.browser.begin(func(co *eventloop.Co) { o.runJobs(co, scope) })
	}
	return j.promise
}

// runJobs runs the jobs of a scope. A job that runs is the first of the queue.
func (o *origin) runJobs(co *eventloop.Co, scope string) {
	for len(o.jobs[scope]) > 0 {
		j := o.jobs[scope][0]
		j.steps(co, j.promise)
		o.jobs[scope] = o.jobs[scope][1:]
	}
	delete(o.jobs, scope)
}
