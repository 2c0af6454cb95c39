"""Isolation orders: a channel slowed down and held to the white list, and lifted again, by two persons."""
