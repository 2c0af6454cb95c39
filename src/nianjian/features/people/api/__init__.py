"""People: who is here, their roles and ways in, and one's own tokens."""
