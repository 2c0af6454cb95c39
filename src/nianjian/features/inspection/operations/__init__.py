"""What is tried before an inspector does: the test call."""
