"""The first version: one file a noun. What is here is only added to."""
