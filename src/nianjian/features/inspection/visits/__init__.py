"""The inspection day (检查日): the notice, the agenda, and who stands where."""
