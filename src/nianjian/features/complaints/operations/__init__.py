"""Acts around complaint tickets that cross rooms, each behind its access check."""
