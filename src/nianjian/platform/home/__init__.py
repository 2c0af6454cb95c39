"""Settings from the environment, and the one place where parts are put together."""
