"""What a file would become, before anything is written: its source, its first lines, a trial over its beginning."""
