"""An import in five steps: what it is, the files, how they are read, what they would become, the commit."""
