"""Dossier: the checklist of the package, each item with its files, what the check found, and who stands for it."""
