"""Signing in and one's own account: password, second factor, passkeys, sessions, tokens, language and theme."""
