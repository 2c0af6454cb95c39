"""Portraits: what is kept, its runs, and what is done with it."""
