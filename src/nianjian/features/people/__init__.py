"""Sign-in and one's own account; the people of an enterprise, their roles, invitations and tokens."""
