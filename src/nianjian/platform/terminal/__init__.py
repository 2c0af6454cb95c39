"""What all commands share: arguments, session, answer and exit code, tables, progress, language."""
