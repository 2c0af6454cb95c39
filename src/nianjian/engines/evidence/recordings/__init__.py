"""Recordings proved by sample: which file a call record means, whether it lies there, how long it is."""
