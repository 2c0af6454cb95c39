"""Running the installation: backup, restore, upgrade, doctor, retention, keys, audit chain, health."""
