package main

import "io"

func recordAll(microcks, dir string, out, errs io.Writer) error { return nil }
