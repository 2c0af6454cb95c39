"""What the files of vendors have in common: field names in any order, JSON beside CSV, enumerations."""
