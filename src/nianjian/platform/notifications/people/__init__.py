"""What people choose to be told, when and where: quiet hours, a digest, channels of their own."""
