"""What a person was told: notifications, reminders, quiet hours, and channels of one's own."""
