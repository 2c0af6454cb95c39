"""Batches of imported call records: which file came in when, and what became of it."""
