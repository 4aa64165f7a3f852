package java

// Options are the ways in which the Java releases that Microcks runs on differ
// for a collection. The zero value is Java 17.
type Options struct {
	// ASCIIBoundary: \b in a regular expression knows ASCII words only (Java 19
	// and later), and a backslash at the end is refused by words of its own (seen
	// on Java 25).
	ASCIIBoundary bool
	// StrictHex: a percent escape takes two hexadecimal digits and nothing else
	// (java.util.HexFormat, seen on Java 25); before, whatever Integer.parseInt takes.
	StrictHex bool
}
