"""Programs of the limited child process: each reads one file of others, writes files, prints one JSON object."""
