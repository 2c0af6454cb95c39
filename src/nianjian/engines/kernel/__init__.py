"""Values without I/O: numbers, identifiers, periods, working days, the clock, claims and the error class."""
