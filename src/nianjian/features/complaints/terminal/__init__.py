"""How complaint tickets and what is done to them look in the terminal."""
