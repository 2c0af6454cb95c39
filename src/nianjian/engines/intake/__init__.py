"""Call records in: recognise, read, normalise, validate and load a file, or put its rows into quarantine."""
