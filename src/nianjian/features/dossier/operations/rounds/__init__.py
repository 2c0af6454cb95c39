"""Rounds as doors ask for them: the role, the days by rulebook and calendar, the room's service."""
