"""Words for the codes that rooms return: errors and reasons, English here, Chinese in the catalogue."""
