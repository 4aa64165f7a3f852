package rights

import (
	"os"
	"syscall"
)

// noNewPrivileges is PR_SET_NO_NEW_PRIVS of prctl(2), which package syscall lacks.
const noNewPrivileges = 38

// ownerOf is the owner of a folder; 0 where there is none.
func ownerOf(folder string) int {
	info, err := os.Stat(folder)
	if err != nil {
		return 0
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return 0
}

// become changes the account of all threads where the process is root, and sees to
// it that no program can bring it back. The user goes last: without root the
// groups could not be changed.
func become(a account) {
	if os.Geteuid() == 0 {
		_ = syscall.Setgroups(nil)
		_ = syscall.Setgid(a.gid)
		_ = syscall.Setuid(a.uid)
	}
	// Not in a program with cgo, which the image's is not.
	_, _, _ = syscall.AllThreadsSyscall(syscall.SYS_PRCTL, noNewPrivileges, 1, 0)
}
