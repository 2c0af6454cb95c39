"""Stages of the one SELECT over a file (`validate`): numbers, and the reasons against a row."""
