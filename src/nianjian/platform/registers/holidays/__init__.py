"""Holiday notices brought in as files: the years that the built-in calendar does not know yet."""
