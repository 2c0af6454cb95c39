"""The package on a terminal, and the words of its JSON."""
