"""Sentences about portraits that are kept."""
