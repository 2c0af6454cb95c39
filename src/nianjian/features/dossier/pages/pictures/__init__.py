"""Pages of a version: what was found on each, marked at its place, with the picture for whom may see the file."""
