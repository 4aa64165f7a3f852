// Package rights is what the process may do. A runner starts the container of an
// action as root, with Docker's socket in it, and its files can be written by no
// other account. So the process begins as root, and stops being it once its files
// are open.
package rights

// image is the variable by which the Dockerfile says that this is the image of the
// action.
const image = "POSTMAN_MICROCKS_IMPORTER_IMAGE"

// nobody is the account for which the workspace gives no other, by the number that
// images without root commonly use. It is no account of the runner.
const nobody = 65532

// GiveUp gives up root for good in the image of the action on a runner, for the
// owner of the workspace, or nobody where that is root too. Elsewhere the process
// keeps the rights of whoever started it. What cannot be given up stays: a
// container that allows no change of account has given the process less than root
// already.
func GiveUp(getenv func(string) string) {
	if getenv(image) == "1" && getenv("GITHUB_ACTIONS") == "true" {
		become(accountFor(ownerOf(getenv("GITHUB_WORKSPACE"))))
	}
}

// account is what a process runs as.
type account struct{ uid, gid int }

// accountFor is the account to become in a workspace of that owner. The group of
// the workspace is not taken: on some runners it is the one that may use Docker's
// socket.
func accountFor(owner int) account {
	if owner <= 0 {
		owner = nobody
	}
	return account{owner, nobody}
}
