package scenario

import (
	"strconv"
	"time"
)

func playServe(p *play, a []string, _ string) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	p.server.version = a[0]
	return nil
}

// playFault is a command that makes the requests of a path fail.
func playFault(make func(args []string) (fault, error)) func(*play, []string, string) error {
	return func(p *play, a []string, _ string) error {
		f, err := make(a[1:])
		p.server.mu.Lock()
		defer p.server.mu.Unlock()
		p.server.faults[a[0]] = f
		return err
	}
}

func statusFault(args []string) (fault, error) {
	status, err := strconv.Atoi(args[0])
	return fault{status: status}, err
}

func slowFault(args []string) (fault, error) {
	delay, err := time.ParseDuration(args[0])
	return fault{delay: delay}, err
}

func playMend(p *play, a []string, _ string) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	delete(p.server.faults, a[0])
	return nil
}
