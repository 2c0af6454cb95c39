"""What the matching of tickets with calls found, and what people made of it."""
