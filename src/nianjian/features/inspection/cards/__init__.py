"""Answer cards: what may truthfully be said to an inspector, and what proves it."""
