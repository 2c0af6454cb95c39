"""Kamailio counts by itself with tokens that the gate has taken before and pushed into its tables."""
