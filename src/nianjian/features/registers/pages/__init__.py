"""Pages of the registers (台账): lists as at a day, one row with its history, and what is written by hand."""
