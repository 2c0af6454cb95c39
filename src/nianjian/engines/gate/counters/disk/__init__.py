"""What the lease journal writes: records, batches, files."""
