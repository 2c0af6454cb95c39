"""The live screens: which sources there are, the watch over them, what the screens show, and the links of kiosks."""
