"""Reconciliation (一致性比对): runs, their differences, pairs of people."""
