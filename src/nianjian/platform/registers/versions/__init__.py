"""Rows with dated history: one row a version, the old ones stay."""
