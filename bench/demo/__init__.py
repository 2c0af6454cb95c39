"""A demo enterprise: files as several switches and vendors write them, imported by the program's own commands."""
