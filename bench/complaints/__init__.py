"""Complaint matching over planted calls: how many are right, and what it costs."""
