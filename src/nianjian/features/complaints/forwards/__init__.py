"""Lists that 12321, 12300 and carriers hand over, under whatever headers."""
