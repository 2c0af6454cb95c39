"""Test calls as they are kept: what was seen, what it proves, and the sealed evidence."""
