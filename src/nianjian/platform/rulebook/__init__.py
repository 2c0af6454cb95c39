"""The rulebook of an enterprise on a day: the law with approved overlays, holidays and deadlines."""
