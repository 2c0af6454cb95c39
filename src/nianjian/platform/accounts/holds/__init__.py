"""Who else might be behind an account: whoever let it in, until somebody vouches for the person."""
