"""Doors for switches that do not speak HTTP: FastAGI of Asterisk, leases in the tables of Kamailio."""
