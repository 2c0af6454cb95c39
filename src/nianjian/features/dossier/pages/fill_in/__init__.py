"""The fill-in sheet on pages."""
