//go:build !linux

package rights

// The image is one of Linux.

func ownerOf(string) int { return 0 }

func become(account) {}
