"""The fill-in sheet: every field of the licence report and of the code-number report, with value and source."""
