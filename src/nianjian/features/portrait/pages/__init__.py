"""The portrait's pages: the lights, the month charts, and the way down to line, team, number, kind and month."""
