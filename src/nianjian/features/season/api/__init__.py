"""The season in the API."""
