"""Pages of test calls."""
