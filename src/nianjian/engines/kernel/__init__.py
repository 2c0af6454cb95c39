"""Numbers, identifiers, periods, working days, the clock and the one error: values, no I/O."""
