// Package e2e has tests alone. They use the program as people do:
//
//	go test ./internal/test/e2e    as a process: signals, the runner's files, the time to start
//	.ci/e2e                        as a container step of the workflows in testdata
//
// The second needs Docker, which .ci/e2e starts; its tests have the build tag
// e2e, so that they are never skipped: they run or they are not there.
package e2e
