"""Numbers that must not be called (谢绝来电)."""
