"""The on-site check: what stands for it."""
