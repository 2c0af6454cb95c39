"""Papers of the on-site check."""
