"""The on-site check (现场检) rehearsed: readiness, answers, logs, dialling, the visit day, drills."""
