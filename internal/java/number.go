package java

import (
	"strconv"
	"strings"
)

// FormatInteger is an integer as Java prints it after reading: "-0" is zero.
func FormatInteger(literal string) string {
	if literal == "-0" {
		return "0"
	}
	return literal
}

// FormatDouble is a decimal number as Double.toString prints it.
func FormatDouble(literal string) string {
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil && f > 0 {
		return "Infinity"
	}
	if err != nil && f < 0 {
		return "-Infinity"
	}
	if f == 0 {
		if strings.HasPrefix(literal, "-") {
			return "-0.0"
		}
		return "0.0"
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	if !strings.Contains(s, ".") {
		s = strconv.FormatFloat(f, 'e', 1, 64) // Java wants two digits, and the nearest such number
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	mantissa, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	digits := strings.TrimSuffix(strings.Replace(mantissa, ".", "", 1), "0")
	switch {
	case e >= 7 || e < -3: // d.dddE±n
		fraction := digits[1:]
		if fraction == "" {
			fraction = "0"
		}
		return sign + digits[:1] + "." + fraction + "E" + strconv.Itoa(e)
	case e < 0:
		return sign + "0." + strings.Repeat("0", -e-1) + digits
	case len(digits) <= e+1:
		return sign + digits + strings.Repeat("0", e+1-len(digits)) + ".0"
	}
	return sign + digits[:e+1] + "." + digits[e+1:]
}
