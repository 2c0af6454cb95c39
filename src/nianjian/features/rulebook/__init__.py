"""The rules with source and dates, requests for another value, and imported holidays."""
