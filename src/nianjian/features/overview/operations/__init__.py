"""What an enterprise's overview tells: nothing is computed here that grows with the calls."""
