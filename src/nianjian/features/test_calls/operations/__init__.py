"""The test call (回拨): asked for, placed, timed by hand, shown; the ways it takes."""
