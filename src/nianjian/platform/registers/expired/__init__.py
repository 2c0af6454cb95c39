"""Rows whose time is over: which they are, and their end."""
