"""Red seals on a page: found, measured, told apart; the name in them laid straight; the seam of a batch."""
