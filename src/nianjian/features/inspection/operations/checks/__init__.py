"""What stands for the on-site check: logs, dialling, answers, readiness; each behind its access check."""
