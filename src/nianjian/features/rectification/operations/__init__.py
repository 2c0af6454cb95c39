"""Rectification across the rooms: the case, the location, the isolation and the report."""
