"""Many files at once: what each seems to be, and a person who confirms or changes it."""
