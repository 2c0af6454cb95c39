"""A metric told in full: formula with the numbers put in, what was left out and why, the rules behind, what changed."""
