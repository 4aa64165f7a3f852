package microcks

import "errors"

var (
	errNull     = errors.New("null is no boolean")
	errNoObject = errors.New("not a JSON object")
	errTwice    = errors.New("the service exists more than once")
)
