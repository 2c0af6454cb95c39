"""Rows of the registers for people: lists and single rows as at a day, their history, and writes by hand."""
