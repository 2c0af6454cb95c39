"""Values: numbers, identifiers, periods, working days, the clock, claims, errors; workbooks read within limits."""
