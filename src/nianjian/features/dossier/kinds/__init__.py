"""The thirteen items of the package, one file each, and what reads their fields."""
