"""Pages of a version as small pictures, sealed, for people who may see the file."""
