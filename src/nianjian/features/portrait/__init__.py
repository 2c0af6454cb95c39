"""Portraits as people use them: runs, results, rows behind a figure, simulation, watch list."""
