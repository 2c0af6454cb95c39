"""The files for the platform: flat pictures, one file an item, each small enough."""
