"""The recogniser and its process: nothing of it is loaded where pages are served."""
