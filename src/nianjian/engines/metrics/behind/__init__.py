"""The rows behind a figure: the same rules that counted it, as expressions that list instead of counting."""
