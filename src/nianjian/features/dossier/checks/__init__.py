"""One file a check: pure functions on a page's picture or facts; thresholds come from the rulebook (scans.…)."""
