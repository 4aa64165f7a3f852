package rights

import (
	"os"
	"testing"
)

// TestAccountFor is the table of who a process becomes.
func TestAccountFor(t *testing.T) {
	t.Parallel()
	for owner, want := range map[int]account{
		0:     {65532, 65532},
		-1:    {65532, 65532},
		1001:  {1001, 65532},
		65532: {65532, 65532},
	} {
		if got := accountFor(owner); got != want {
			t.Errorf("owner %d: %v, want %v", owner, got, want)
		}
	}
}

// TestOwnerOf reads the owner of a folder, and takes root for that of none.
func TestOwnerOf(t *testing.T) {
	t.Parallel()
	if got := ownerOf(t.TempDir()); got != os.Getuid() {
		t.Errorf("a folder of account %d: %d", os.Getuid(), got)
	}
	for _, folder := range []string{"", "/no/such/folder"} {
		if got := ownerOf(folder); got != 0 {
			t.Errorf("%q: %d", folder, got)
		}
	}
}
