package microcks

import (
	"fmt"
	"strconv"
	"strings"
)

// version of the server, by which its behaviour differs.
type version struct{ major, minor, patch int }

func parseVersion(s string) version {
	number, _, _ := strings.Cut(s, "-")
	var v [3]int
	for i, part := range strings.SplitN(number, ".", 3) {
		v[i], _ = strconv.Atoi(part) // a part that is no number counts as 0
	}
	return version{v[0], v[1], v[2]}
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch) }

func (v version) since(major, minor, patch int) bool {
	if v.major != major {
		return v.major > major
	}
	if v.minor != minor {
		return v.minor > minor
	}
	return v.patch >= patch
}

// What changed between versions, read in the source of each and seen on real
// servers of 1.9.0, 1.10.0, 1.13.0 and 1.15.0.

// readsOneSecret reports whether GET /secrets/{id} exists.
func (v version) readsOneSecret() bool { return v.since(1, 10, 1) }

// hidesSecrets reports whether callers without admin get secrets without values.
func (v version) hidesSecrets() bool { return v.since(1, 12, 1) }

// hidesFoundSecrets reports whether the search leaves values out as well.
func (v version) hidesFoundSecrets() bool { return v.since(1, 15, 0) }

// missingServiceIs404 reports whether an unknown service is answered with 404;
// before, with 500.
func (v version) missingServiceIs404() bool { return v.since(1, 11, 0) }

// namesServices reports whether a service can be deleted and labelled by
// name:version, too.
func (v version) namesServices() bool { return v.since(1, 11, 0) }

// readingServicesNeedsUser reports whether it takes the role user; before, any of
// the three roles sufficed.
func (v version) readingServicesNeedsUser() bool { return v.since(1, 11, 1) }

// uploadNeedsAdmin reports whether managers cannot upload, as on 1.10 alone.
func (v version) uploadNeedsAdmin() bool { return v.since(1, 10, 0) && !v.since(1, 11, 0) }

// tellsMainResources reports whether documents of a service are told to be main artifacts.
func (v version) tellsMainResources() bool { return v.since(1, 10, 0) }

// mixesUploads reports whether uploads of the same moment get into each other's way:
// their files are named after the millisecond.
func (v version) mixesUploads() bool { return !v.since(1, 14, 0) }

// missingJobIs404 reports whether an unknown job is answered with 404; before,
// with 500 or 403, and DELETE with 200.
func (v version) missingJobIs404() bool { return v.since(1, 15, 0) }

// activatesOnlyJobs reports whether activating an unknown job is forbidden;
// before, it was a crash.
func (v version) activatesOnlyJobs() bool { return v.since(1, 11, 0) }

// refusesNullFlags reports whether null for a boolean is a bad request; before,
// it was false.
func (v version) refusesNullFlags() bool { return v.since(1, 15, 0) }

// showsEmptyMaps reports whether labels and annotations are shown when there are
// none.
func (v version) showsEmptyMaps() bool { return v.since(1, 15, 0) }

// namesPairs reports whether a request and response pair carries its name itself.
func (v version) namesPairs() bool { return v.since(1, 15, 0) }

// crashesOnBadURL reports whether an illegal character in a URL is a crash;
// before, it was a failed download.
func (v version) crashesOnBadURL() bool { return v.since(1, 14, 0) }

// tellsResourceMetadata reports whether WWW-Authenticate names the resource's
// description.
func (v version) tellsResourceMetadata() bool { return v.since(1, 15, 0) }

// refusesUnmatched reports whether a mock call that matches no example is refused
// with 400; before, any example of the operation was the answer.
func (v version) refusesUnmatched() bool { return v.since(1, 9, 1) }

// answersBytes reports whether a mock's answer without media type is octets;
// before, text.
func (v version) answersBytes() bool { return v.since(1, 9, 1) }

// skipsValuelessParameters reports whether a mock call may have one; before, it
// was a crash.
func (v version) skipsValuelessParameters() bool { return v.since(1, 10, 0) }

// locatesByName reports whether a relative Location is completed with the
// service's name; before, with the name as it was requested.
func (v version) locatesByName() bool { return v.since(1, 11, 0) }

// rendersHeaders reports whether expressions are evaluated in headers, too.
func (v version) rendersHeaders() bool { return v.since(1, 10, 0) }
