"""What is due in a season and when: deadlines, plan, tasks, reminders, calendar file. Pure."""
