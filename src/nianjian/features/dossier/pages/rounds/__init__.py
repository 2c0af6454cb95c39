"""Rounds on pages: packages handed in, what came back, what was answered, and what differs between two."""
