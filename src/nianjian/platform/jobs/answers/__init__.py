"""Answers to writes that named a key: the same write sent again is not done again."""
