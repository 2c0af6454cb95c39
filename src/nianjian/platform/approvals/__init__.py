"""Requests that a second person decides, for anything that has a kind, an id and a digest."""
