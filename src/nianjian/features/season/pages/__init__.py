"""The season's page, what is done on it, and the calendar that a secret address opens."""
