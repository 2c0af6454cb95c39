"""Closed seasons as they stood, read-only."""
