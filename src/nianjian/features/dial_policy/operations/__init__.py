"""The acts around the gate: what it is fed, what it allows, its lists, questions to it."""
