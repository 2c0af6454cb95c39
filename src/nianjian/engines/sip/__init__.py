"""A small SIP user agent on asyncio that places one kind of call and tells everything it saw. Knows no Django."""
