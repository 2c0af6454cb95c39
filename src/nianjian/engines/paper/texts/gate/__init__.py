"""What the gate says: errors, and the reasons of its answers."""
