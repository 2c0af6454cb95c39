"""Call records (话单): import at once or in five steps, batches, rejected rows, and undo."""
