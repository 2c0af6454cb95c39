"""Log retention proved: how far back each kind of log reaches without a gap."""
