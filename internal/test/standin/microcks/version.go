package microcks

import (
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

// readsOneSecret: GET /secrets/{id} exists.
func (v version) readsOneSecret() bool { return v.since(1, 10, 1) }

// hidesSecrets: values of secrets are left out for callers without admin.
func (v version) hidesSecrets() bool { return v.since(1, 12, 1) }

// hidesFoundSecrets: in the answer of the search, too.
func (v version) hidesFoundSecrets() bool { return v.since(1, 15, 0) }

// missingServiceIs404: before, reading an unknown service failed with 500.
func (v version) missingServiceIs404() bool { return v.since(1, 11, 0) }

// namesServices: a service can be deleted and labelled by name:version, too.
func (v version) namesServices() bool { return v.since(1, 11, 0) }

// readingServicesNeedsUser: before, any of the three roles sufficed.
func (v version) readingServicesNeedsUser() bool { return v.since(1, 11, 1) }

// uploadNeedsAdmin: 1.10 alone did not let managers upload.
func (v version) uploadNeedsAdmin() bool { return v.since(1, 10, 0) && !v.since(1, 11, 0) }

// missingJobIs404: before, 500 or 403, and 200 for DELETE.
func (v version) missingJobIs404() bool { return v.since(1, 15, 0) }

// activatesOnlyJobs: activating an unknown job is forbidden, not a crash.
func (v version) activatesOnlyJobs() bool { return v.since(1, 11, 0) }

// refusesNullFlags: null for a boolean is a bad request; before, it was false.
func (v version) refusesNullFlags() bool { return v.since(1, 15, 0) }

// showsEmptyMaps: labels and annotations are shown when there are none.
func (v version) showsEmptyMaps() bool { return v.since(1, 15, 0) }

// namesPairs: a request and response pair carries its name itself.
func (v version) namesPairs() bool { return v.since(1, 15, 0) }

// crashesOnBadURL: an illegal character in a URL is a crash, not a failed download.
func (v version) crashesOnBadURL() bool { return v.since(1, 14, 0) }

// tellsResourceMetadata: WWW-Authenticate names the resource's description.
func (v version) tellsResourceMetadata() bool { return v.since(1, 15, 0) }

// refusesUnmatched: a mock call that matches no example is refused with 400;
// before, any example of the operation was the answer.
func (v version) refusesUnmatched() bool { return v.since(1, 9, 1) }

// answersBytes: a mock's answer without media type is octets; before, text.
func (v version) answersBytes() bool { return v.since(1, 9, 1) }

// skipsValuelessParameters: before, one in a mock call was a crash.
func (v version) skipsValuelessParameters() bool { return v.since(1, 10, 0) }

// locatesByName: a relative Location is completed with the service's name;
// before, with the name as it was requested.
func (v version) locatesByName() bool { return v.since(1, 11, 0) }

// rendersHeaders: expressions are evaluated in headers, too.
func (v version) rendersHeaders() bool { return v.since(1, 10, 0) }
