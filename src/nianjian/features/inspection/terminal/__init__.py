"""How the checks of the on-site check look on a terminal."""
