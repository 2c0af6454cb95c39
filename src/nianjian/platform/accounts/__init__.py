"""Enterprises (the tenants), users and who is acting."""
