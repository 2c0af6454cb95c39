"""What the metrics are written over: calls out of rows, the daily cube, complaints with their calls."""
