"""Sentences and names of the package."""
