"""A labelled set of papers, made here, and what the readers make of it."""
