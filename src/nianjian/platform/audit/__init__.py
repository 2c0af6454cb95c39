"""The hash-chained record of who did what: one entry a write, and the check of the whole chain."""
