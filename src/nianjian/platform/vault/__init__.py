"""Encrypted fields and files; the keys lie outside the home."""
