"""Sentences and names of the on-site check."""
