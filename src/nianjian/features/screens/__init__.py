"""The two live screens (大屏) of the on-site check: sources at the switch, figures, links of kiosks."""
