"""Reconciliation: own registers against the number-resource system, people three ways, call sources."""
