"""Data: what came in and when, what was rejected and why, work under way, and the way in for the next file."""
