"""Enterprises (the tenants), people, their roles and permissions, ways in, and tokens for programs."""
