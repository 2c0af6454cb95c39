"""The gate's bench: decisions per CPU-second of the server, beside an echo in C, Starlette and Kamailio's own ways."""
