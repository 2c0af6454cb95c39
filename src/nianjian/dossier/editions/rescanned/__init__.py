"""What a scan of the sealed paper tells beyond its pictures: text and riding seal."""
