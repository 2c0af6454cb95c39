"""Acts of reconciliation that cross rooms, each behind its access check."""
