"""Files that came in together and wait for a person to say which item each belongs to."""
