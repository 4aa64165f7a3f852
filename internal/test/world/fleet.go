package world

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"postman-microcks-importer/internal/test/standin/postman"
)

// Member is a collection of a fleet.
type Member struct {
	UID, Name, Version string
	Flaw               Flaw
	operations         int
}

// Flaw is why a run cannot bring a member of a fleet to Microcks; "" for most.
type Flaw string

// Flaws, as teams have them.
const (
	Hidden      Flaw = "hidden"      // Postman does not show it to the user of the key
	Versionless Flaw = "versionless" // its description names no version
	Namesake    Flaw = "namesake"    // another one makes a service of its name and version
)

// flaws are which members of 200 have one.
var flaws = map[int]Flaw{17: Versionless, 41: Hidden, 73: Namesake, 74: Namesake, 117: Versionless, 141: Hidden}

var (
	teams    = []string{"Accounts", "Billing", "Catalogue", "Freight", "Harbour", "Identity", "Payments", "Shop", "Travel", "Weather"}
	subjects = []string{"Addresses", "Bookings", "Events", "Invoices", "Limits", "Orders", "Prices", "Refunds", "Reports", "Routes", "Stock"}
	versions = []string{"1.0", "1.1", "2.0", "2.3.1", "2026-01"}
)

// Fleet is n collections, the same ones whenever it is asked for: with names of their
// own, most with a few operations, some with dozens, and three of a hundred with a flaw.
func Fleet(n int) []Member {
	all := make([]Member, n)
	for i := range all {
		chance := rand.New(rand.NewPCG(1, uint64(i)))
		m := &all[i]
		m.UID = UID(100_000 + i)
		m.Name = fmt.Sprintf("%s %s %d", teams[i%len(teams)], subjects[i%len(subjects)], i+1)
		m.Version = versions[chance.IntN(len(versions))]
		m.operations = 1 + chance.IntN(8)
		if chance.IntN(50) == 0 {
			m.operations = 20 + chance.IntN(40)
		}
		m.Flaw = flaws[i%200]
		if m.Flaw == Namesake && i%200 == 74 {
			m.Name, m.Version = all[i-1].Name, all[i-1].Version
		}
	}
	return all
}

// Edited is the collection after somebody has added an operation to it.
func (m Member) Edited() Member {
	m.operations++
	return m
}

// Raw is what Postman serves of the collection.
func (m Member) Raw() []byte {
	raw := string(Collection(m.Name, m.Version, m.operations))
	if m.Flaw == Versionless {
		raw = strings.Replace(raw, "version="+m.Version+" - ", "", 1)
	}
	return []byte(raw)
}

// Serve puts members into a Postman API. One that is hidden there is not in it.
func Serve(source *postman.Server, members ...Member) error {
	for _, m := range members {
		if m.Flaw == Hidden {
			continue
		}
		if err := source.AddCollection(m.UID, m.Raw()); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}
