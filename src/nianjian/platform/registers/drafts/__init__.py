"""Imports that are being prepared: which files, read how; nothing of them is in the lake or a register yet."""
