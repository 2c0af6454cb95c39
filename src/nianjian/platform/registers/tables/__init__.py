"""Sheets: what their columns mean, how they are read, and how faults are marked in them."""
