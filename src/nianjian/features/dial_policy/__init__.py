"""Dial policy."""
