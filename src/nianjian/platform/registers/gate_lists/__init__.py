"""Lists of numbers too long for the database: what was built for the gate, from which file, by whom."""
