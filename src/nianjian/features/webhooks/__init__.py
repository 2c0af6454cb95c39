"""Webhooks of an enterprise: who is told of what, and what became of each message."""
