"""People of an enterprise and of the installation: roles, links, closed accounts."""
