"""Invitations: by one, whoever has an account takes a role at an enterprise, and until then is not seen there."""
