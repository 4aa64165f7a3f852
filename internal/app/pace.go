package app

import (
	"sync"
	"time"

	"postman-microcks-importer/internal/result"
)

// betweenCounts is how often at most a log tells how many of a fleet are through. No more
// than [result.Fleet] have lines of their own.
const betweenCounts = 5 * time.Second

// pace decides when it is told how far the stages of a run are. The zero value is for a
// run that begins.
type pace struct {
	guard sync.Mutex
	fleet bool
	began map[string]time.Time // by stage
	told  time.Time
}

// far notes how far a stage is, and reports whether that is due to be told, and how long
// the stage has taken: of a fleet when the stage ends, and else when nothing was told
// for a while.
func (p *pace) far(stage string, done, of int) (took time.Duration, due bool) {
	p.guard.Lock()
	defer p.guard.Unlock()
	now := time.Now()
	if p.began == nil {
		p.began, p.told = map[string]time.Time{}, now
	}
	if done == 0 {
		p.began[stage] = now
	}
	if of <= result.Fleet {
		return 0, false
	}
	p.fleet = true
	due = done == of || now.Sub(p.told) >= betweenCounts
	if due {
		p.told = now
	}
	return now.Sub(p.began[stage]), due
}

// isFleet reports whether some stage of the run takes a fleet.
func (p *pace) isFleet() bool {
	p.guard.Lock()
	defer p.guard.Unlock()
	return p.fleet
}
