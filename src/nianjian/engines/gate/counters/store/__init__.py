"""Counters of several machines: tokens leased from one Valkey that keeps every grant on its disk."""
