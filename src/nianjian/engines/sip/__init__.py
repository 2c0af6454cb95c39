"""A small SIP user agent that places one test call, with media and TLS, and reports all it saw."""
