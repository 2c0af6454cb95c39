"""The rulebook: every rule with level, source and days, and the request for another value."""
