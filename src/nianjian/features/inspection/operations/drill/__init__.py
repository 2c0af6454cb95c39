"""The drill of the on-site check (现场演练): run, and told in a report."""
