"""Pages of rectification: the cases, one case with its steps, the location, isolation, the report."""
