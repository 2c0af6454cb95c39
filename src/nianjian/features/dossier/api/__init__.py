"""The package: its checklist, items and files."""
