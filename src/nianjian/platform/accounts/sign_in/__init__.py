"""What happens at the door, in the audit chain: who came in, who was turned away, who left."""
