"""What people are told: each message once in the inbox, and once by each of the person's channels."""
