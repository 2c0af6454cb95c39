"""Benchmarks and demo data: `python -m bench`, `python -m bench.demo`. Not part of the installed program."""
