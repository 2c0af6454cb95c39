"""材料包: the package of the annual inspection — checked, numbered, sealed and proved."""
