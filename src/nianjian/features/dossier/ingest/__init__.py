"""Files of others into the house: every file is hostile until a limited child process has read it."""
