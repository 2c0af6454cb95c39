"""What was decided, kept: an append-only journal of each gate process, its search and its replay."""
