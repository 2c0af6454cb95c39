"""The book for the window: A4, glued, numbered, with its seals or the places for them."""
