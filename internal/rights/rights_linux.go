package rights

import (
	"os"
	"syscall"
	"unsafe"
)

// Of linux/prctl.h and linux/capability.h, which package syscall lacks.
const (
	dropFromBoundingSet = 24         // PR_CAPBSET_DROP
	noNewPrivileges     = 38         // PR_SET_NO_NEW_PRIVS
	capabilityVersion   = 0x20080522 // _LINUX_CAPABILITY_VERSION_3
)

// look says whose a file is; [missing] where there is none.
func look(path string) file {
	info, err := os.Stat(path)
	if err != nil {
		return missing
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return missing
	}
	return file{account{int(stat.Uid), int(stat.Gid)}, info.Mode()}
}

// become changes the account of all threads where the process is root, and sees to
// it that no program can bring it back. The user goes last: without root neither
// groups nor bounding set could be changed. Capabilities go by themselves where the
// user changes, but for the inheritable ones, and not where it stays root.
func become(a account) {
	if os.Geteuid() == 0 {
		_ = syscall.Setgroups(nil)
		_ = syscall.Setgid(a.gid)
		for c, more := uintptr(0), true; more; c++ {
			// The kernel says by an error where its capabilities end.
			_, _, err := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, dropFromBoundingSet, c, 0)
			more = err == 0
		}
		_ = syscall.Setuid(a.uid)
	}
	// Neither in a program with cgo, which the image's is not.
	_, _, _ = syscall.AllThreadsSyscall(syscall.SYS_PRCTL, noNewPrivileges, 1, 0)
	header := struct {
		version uint32
		pid     int32 // 0: the thread that calls
	}{version: capabilityVersion}
	var none [2]struct{ effective, permitted, inheritable uint32 } // the ambient ones go along
	_, _, _ = syscall.AllThreadsSyscall(syscall.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0) //nolint:gosec // capset(2) takes pointers
}
