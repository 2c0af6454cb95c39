"""What a package costs."""
