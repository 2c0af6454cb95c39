"""How often each key was used in each window: exact, and in every error on the strict side."""
