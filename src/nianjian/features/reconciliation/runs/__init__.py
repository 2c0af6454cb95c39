"""Kept runs of reconciliation, their differences and what was decided about them."""
