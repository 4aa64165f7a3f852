package text

import (
	"net"
	"strings"
)

// IsLoopback reports whether a host name or address, without its port, is this
// machine itself; in a container that is the container. Names below
// "localhost" are not among them: who resolves them decides where they lead.
func IsLoopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
