"""The worker: it does what pages and programs asked for and do not wait for."""
