"""What is printed and shown of the package's papers."""
