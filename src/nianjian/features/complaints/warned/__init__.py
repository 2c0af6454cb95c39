"""Which clocks of which tickets were warned of."""
