"""Test calls (回拨)."""
