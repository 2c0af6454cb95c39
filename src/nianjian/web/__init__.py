"""Pages for people. A page reads what stands ready and draws it; nothing is computed on a request."""
