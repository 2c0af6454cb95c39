"""Running the house: backup, restore, upgrade, doctor and retention."""
