"""时间轴: what is due, when, from which source, and what is still to be done. Decisions are pure functions."""
