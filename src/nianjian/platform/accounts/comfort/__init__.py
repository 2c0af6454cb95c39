"""How a person likes the pages: language, theme, and whether the first steps are shown."""
