"""What a scan of the sealed paper tells beyond its pictures: its text."""
