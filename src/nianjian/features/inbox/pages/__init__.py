"""What a person was told, and what the person has chosen to be told; the log of an enterprise."""
