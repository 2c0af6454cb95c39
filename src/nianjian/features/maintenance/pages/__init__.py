"""For whoever runs the house: whether it is well, its figures for Prometheus, and a line for each request."""
