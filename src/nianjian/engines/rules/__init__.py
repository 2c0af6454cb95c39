"""The rulebook: every number, date and list of the law and of the guide, as dated data with a source."""
