"""Portrait."""
