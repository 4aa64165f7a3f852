package rights

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAccountFor is the table of who a process becomes.
func TestAccountFor(t *testing.T) {
	t.Parallel()
	const runner, docker = 1001, 118
	socket := file{account{0, docker}, 0o660}
	for name, tt := range map[string]struct {
		workspace, socket file
		want              account
	}{
		"the runner's":                        {file{account{runner, runner}, 0o755}, socket, account{runner, runner}},
		"the runner's, umask 027":             {file{account{runner, runner}, 0o750}, socket, account{runner, runner}},
		"the runner's, umask 077":             {file{account{runner, runner}, 0o700}, socket, account{runner, runner}},
		"the runner's and Docker's":           {file{account{runner, docker}, 0o755}, socket, account{runner, nobody}},
		"the runner's and Docker's, 077":      {file{account{runner, docker}, 0o700}, socket, account{runner, nobody}},
		"the runner's and root's group":       {file{account{runner, 0}, 0o770}, socket, account{runner, 0}},
		"root's":                              {file{account{0, 0}, 0o755}, socket, account{nobody, 0}},
		"root's, umask 027":                   {file{account{0, 0}, 0o750}, socket, account{nobody, 0}},
		"root's, umask 077":                   {file{account{0, 0}, 0o700}, socket, account{0, 0}},
		"root's, to be listed and no more":    {file{account{0, 0}, 0o744}, socket, account{0, 0}},
		"root's, without a socket":            {file{account{0, 0}, 0o750}, missing, account{nobody, 0}},
		"root's, and the socket's group":      {file{account{0, 0}, 0o755}, file{account{0, 0}, 0o660}, account{nobody, nobody}},
		"root's and Docker's, umask 027":      {file{account{0, docker}, 0o750}, socket, account{0, nobody}},
		"the socket's owner's":                {file{account{runner, runner}, 0o755}, file{account{runner, 0}, 0o600}, account{nobody, runner}},
		"the socket's owner's, umask 077":     {file{account{runner, runner}, 0o700}, file{account{runner, 0}, 0o600}, account{runner, runner}},
		"nobody's":                            {file{account{nobody, nobody}, 0o700}, socket, account{nobody, nobody}},
		"none":                                {missing, socket, account{nobody, nobody}},
		"none, without a socket":              {missing, missing, account{nobody, nobody}},
		"closed to its group, open to others": {file{account{0, 0}, 0o705}, socket, account{0, 0}},
	} {
		if got := accountFor(tt.workspace, tt.socket); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestLook reads whose a folder is, and takes none for nobody's.
func TestLook(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "workspace")
	if err := os.Mkdir(folder, 0o710); err != nil {
		t.Fatal(err)
	}
	got := look(folder)
	if got.account != (account{os.Getuid(), os.Getgid()}) || got.mode.Perm() != 0o710 {
		t.Errorf("a folder of account %d, group %d: %v", os.Getuid(), os.Getgid(), got)
	}
	for _, folder := range []string{"", "/no/such/folder"} {
		if got := look(folder); got != missing {
			t.Errorf("%q: %v", folder, got)
		}
	}
}
