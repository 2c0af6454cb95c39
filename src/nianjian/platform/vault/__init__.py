"""Encrypted columns and files, blind indexes, and the keys, which are stored outside the home."""
