"""Pages of the gate: what it allows and why, how its process is, its journal, and changes of it."""
