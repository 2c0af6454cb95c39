"""Links that let a person in: once, to choose a password, or an inspector until it expires."""
