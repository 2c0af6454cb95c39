"""The audit chain: who did what, filtered, taken out, and checked link by link."""
