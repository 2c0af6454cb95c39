"""The metrics, one file each; none knows another."""
