"""What the gate allows beyond the rulebook's defaults: caps, white lists and switches, with their history."""
