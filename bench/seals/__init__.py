"""How well seals are found on labelled synthetic scans, and how fast pages are checked."""
