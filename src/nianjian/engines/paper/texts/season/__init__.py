"""The words of the season."""
