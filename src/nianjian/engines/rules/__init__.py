"""The rulebook: every number, date and list of law, notices and guide as dated data with its source."""
