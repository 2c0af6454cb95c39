"""How calls are dialled, found from the records themselves: predictive dialling, robots, transfers to a human."""
