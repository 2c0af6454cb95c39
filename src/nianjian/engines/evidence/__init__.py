"""Proof that logs reach back without a gap and that sampled recordings exist. Pure."""
