"""The season (时间轴): both reports, plan and tasks, calendar feeds, roll-over, closing."""
