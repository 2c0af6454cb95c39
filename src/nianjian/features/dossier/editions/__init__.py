"""Two editions from one list: the book for the window, the files for the platform, and the manifest of both."""
