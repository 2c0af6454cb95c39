"""How a person likes the pages: language and theme."""
