"""An enterprise's limits and lists for the gate, its feed of snapshots, and the gate's decisions."""
