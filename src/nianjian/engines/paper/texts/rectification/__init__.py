"""Sentences and names of rectification."""
