"""Rounds (退回/补正): packages that were handed in, what came back for each, and what was answered."""
