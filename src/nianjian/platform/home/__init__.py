"""Settings from the environment, the home folder with its locks, an enterprise's lake and its engine."""
