"""Sentences and names of reconciliation."""
