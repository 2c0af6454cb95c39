"""The gate's own process: one event loop, the doors on it, and what puts decision, counters and journal together."""
