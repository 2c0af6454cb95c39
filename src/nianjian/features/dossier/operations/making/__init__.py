"""What the firm makes itself: generated items, the package, its signature; work for the worker."""
