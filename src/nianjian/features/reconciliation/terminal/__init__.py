"""Reconciliation on a terminal."""
