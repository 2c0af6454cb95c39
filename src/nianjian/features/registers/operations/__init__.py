"""Registers as a whole: how they stand, and their lists taken along."""
