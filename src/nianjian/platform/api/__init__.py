"""What every operation shares: who asks, what is answered when it fails, parts of lists, repeated writes."""
