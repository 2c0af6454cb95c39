"""Sentences of operation."""
