// Package rights is what the process may do. A runner starts the container of an
// action as root, with Docker's socket in it, and its files can be written by no
// other account. So the process begins as root, and stops being it once its files
// are open.
package rights

import "io/fs"

// image is the variable by which the Dockerfile says that this is the image of the
// action.
const image = "POSTMAN_MICROCKS_IMPORTER_IMAGE"

// dockerSocket is where a runner mounts Docker's socket. Who may write to it is root
// on the runner's machine.
const dockerSocket = "/var/run/docker.sock"

// nobody is the account and the group where the workspace gives no other, by the
// number that images without root commonly use. It is none of the runner.
const nobody = 65532

// GiveUp gives up root for good in the image of the action on a runner, for an
// account that can read the workspace ([accountFor]), and every capability.
// Elsewhere the process keeps the rights of whoever started it. What cannot be given
// up stays: a container that allows no change of account has given the process less
// than root already.
func GiveUp(getenv func(string) string) {
	if getenv(image) == "1" && getenv("GITHUB_ACTIONS") == "true" {
		become(accountFor(look(getenv("GITHUB_WORKSPACE")), look(dockerSocket)))
	}
}

// account is what a process runs as.
type account struct{ uid, gid int }

// file is whose a file is, and what they and others may do with it.
type file struct {
	account
	mode fs.FileMode
}

// missing stands for a file that is not there.
var missing = file{account: account{nobody, nobody}}

// accountFor is the account to become: that of the workspace, so that the checkout
// can be read whatever the umask it was made with. Neither root nor whoever may use
// Docker's socket is taken, since either would be root again: on some runners that
// is the group of the workspace. One case is left, a workspace that its owner alone
// can read, where the owner is root: there the process stays root, without
// capabilities.
func accountFor(workspace, socket file) account {
	a := workspace.account
	if a.gid == socket.gid {
		a.gid = nobody
	}
	if less := (account{nobody, a.gid}); (a.uid == 0 || a.uid == socket.uid) && workspace.openTo(less) {
		return less
	}
	return a
}

// openTo reports whether an account without capabilities may list a folder and reach
// what is in it. Of the three classes of a mode one alone counts for an account
// (path_resolution(7)).
func (f file) openTo(a account) bool {
	class := f.mode
	switch {
	case a.uid == f.uid:
		class >>= 6
	case a.gid == f.gid:
		class >>= 3
	}
	return class&0o5 == 0o5
}
