"""Closed seasons as they stood, read-only, and the refusal of writes to a closed season."""
