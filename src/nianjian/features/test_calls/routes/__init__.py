"""The ways that test calls take, and the addresses of the gateways that the ledger names."""
