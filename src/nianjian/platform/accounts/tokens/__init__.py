"""Tokens: what a program shows in a person's name, for no more than the person may do."""
