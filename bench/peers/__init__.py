"""The same work done without the program: bare engine, hand-written SQL, pandas, PostgreSQL. Each prints JSON."""
