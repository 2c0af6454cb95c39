"""Registers as people use them: lists on a day, a row with its history, writes, papers, export."""
