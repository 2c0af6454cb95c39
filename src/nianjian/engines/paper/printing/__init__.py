"""Pages for print: set by typst in a process of its own, with fonts of a package: the same bytes everywhere."""
