"""The two live screens (大屏), for people who are signed in and for kiosks that have a link."""
