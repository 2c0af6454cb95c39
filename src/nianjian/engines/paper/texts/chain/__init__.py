"""What the audit chain tells, in words: its acts, and the messages that are made of them."""
