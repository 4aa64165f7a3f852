package convergence

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// An importer and a secret made by hand, as the guide of Microcks tells people
// to, are adopted: nothing of them changes but what an import itself writes.
func TestAdoptsWhatWasMadeByHand(t *testing.T) {
	t.Parallel()
	for name, w := range eachServer(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := rand.IntN(1_000_000_000)
			service := fmt.Sprintf("Adopted API %d", n)
			if err := w.Postman.AddCollection(world.UID(n), world.Collection(service, "1.0", 2)); err != nil {
				t.Fatal(err)
			}
			importer, secret := makeByHand(t, w, n, service)
			c := microcks.New(w.Client(), w.MicrocksURL)

			code, said := apply(t, w, world.UID(n), nil)
			if code != 0 || !strings.Contains(said, `"status":"updated"`) {
				t.Fatalf("exit code %d:\n%s", code, said)
			}
			after, err := c.Job(t.Context(), importer.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(after.ServiceRefs) != 1 || after.Imported() == 0 || after.Failed() != "" {
				t.Errorf("the importer did not import: %+v", after)
			}
			// What every import writes.
			after.LastImportDate, after.ServiceRefs, after.ETag = nil, importer.ServiceRefs, importer.ETag
			after.Metadata.Unknown, importer.Metadata.Unknown = nil, nil // times
			if diff := cmp.Diff(importer, after); diff != "" {
				t.Errorf("the importer lost or changed something (-before +after):\n%s", diff)
			}
			if got := secretNamed(t, w, secret.Name); got.ID != secret.ID || *got.Token != *secret.Token || *got.Description != *secret.Description {
				t.Errorf("the secret changed from %v to %v", secret, got)
			}
			if jobs := importersOf(t, w, w.Client(), world.UID(n)); len(jobs) != 1 {
				t.Errorf("%d importers of the collection", len(jobs))
			}
			code, said = apply(t, w, world.UID(n), nil)
			if code != 0 || !strings.Contains(said, `"status":"unchanged"`) {
				t.Errorf("the second run: exit code %d:\n%s", code, said)
			}
		})
	}
}

// makeByHand makes a secret and an active importer as a person does, with ids
// of the server's choice.
func makeByHand(t *testing.T, w *world.World, n int, service string) (*microcks.ImportJob, microcks.Secret) {
	t.Helper()
	c := microcks.New(w.Client(), w.MicrocksURL)
	token, header, description := postman.DefaultAPIKey, microcks.TokenHeader, "made by hand"
	err := c.CreateSecret(t.Context(),
		&microcks.Secret{Name: "Hand-made " + service, Description: &description, Token: &token, TokenHeader: &header})
	if err != nil {
		t.Fatal(err)
	}
	secret := secretNamed(t, w, "Hand-made "+service)
	id := fmt.Sprintf("feed%020d", n)
	job, err := c.SaveJob(t.Context(), &microcks.ImportJob{
		ID: id, Name: "My importer", RepositoryURL: w.PostmanURL + "/collections/" + world.UID(n), MainArtifact: true, Active: true,
		SecretRef: &microcks.SecretRef{SecretID: secret.ID, Name: secret.Name},
		Metadata:  &microcks.Metadata{Labels: map[string]string{"domain": "pets"}, Annotations: map[string]string{"note": "do not touch"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return job, secret
}

func secretNamed(t *testing.T, w *world.World, name string) microcks.Secret {
	t.Helper()
	found, err := microcks.New(w.Client(), w.MicrocksURL).SecretsNamed(t.Context(), name)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d secrets named %q: %v", len(found), name, err)
	}
	return found[0]
}
