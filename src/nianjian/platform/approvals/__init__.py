"""A step that takes two persons, over anything that has a kind, an id and a digest."""
