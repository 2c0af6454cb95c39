"""Mappings of call files, kept under a name so that next month's file is read as this month's."""
