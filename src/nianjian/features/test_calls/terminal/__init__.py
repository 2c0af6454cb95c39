"""Test calls on a terminal."""
