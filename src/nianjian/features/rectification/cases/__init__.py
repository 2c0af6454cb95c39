"""The cases: what a notice asked for, what was done about it, and its papers."""
