"""The two live screens (大屏) of the on-site check: what is counted from live sources, and how old it is."""
