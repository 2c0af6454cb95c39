"""Registers: lists, and one row with what is written to it."""
