package reconcile

import "postman-microcks-importer/internal/lint"

// Memory that judging a collection takes, for each byte of it: an honest one takes a
// tenth, one that is made for it twice as much.
const memoryOfByte = 64

// What the results of all collections hold together, in bytes of memory: findings,
// services, and differences, each. Every collection has the same part of it, so that
// what is told of one does not depend on the others' contents.
const (
	mostTold     = 24 << 20
	leastOfOne   = 16 << 10
	mostToldName = 300 // characters of a name that is listed

	mostToldAddress = 1000 // bytes of an address that stands beside an example
)

// mostKept is how many bytes services as they are and as they will be may take
// together, before the equal parts of all. An honest one takes half of what its
// collection has, each time.
const mostKept = 128 << 20

// mostSeen is how many bytes services may take together as they are seen while they
// change.
const mostSeen = 64 << 20

// share is how many bytes the findings of one collection may take, its listed
// operations and examples, and its listed differences.
func (r *reconciliation) share() int { return shareOf(len(r.items)) }

// shareOf is the part that each of n has.
func shareOf(n int) int { return max(leastOfOne, min(lint.MostOfAll, mostTold/max(1, n))) }
