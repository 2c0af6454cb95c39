"""The enterprises of the installation, for who may add one."""
