"""What the gate knows: one folder a generation, written beside and swapped by a rename, read by mmap."""
