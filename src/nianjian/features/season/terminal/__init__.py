"""The season on a terminal."""
