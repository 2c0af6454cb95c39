"""Messages to people and programs about what has happened; the audit chain says what that is."""
