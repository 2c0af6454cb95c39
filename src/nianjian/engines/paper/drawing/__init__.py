"""Pictures that are drawn once."""
