package java

// Options are the ways in which the Java releases that Microcks runs on differ
// for a collection. The zero value is Java 17.
type Options struct {
	// ASCIIBoundary: \b in a regular expression knows ASCII words only, and a
	// backslash at the end is refused by its own words (Java 19 and later).
	ASCIIBoundary bool
	// StrictHex: a percent escape takes two hexadecimal digits and nothing else
	// (java.util.HexFormat, Java 25); before, whatever Integer.parseInt takes.
	StrictHex bool
}
