"""Sentences about the gate."""
