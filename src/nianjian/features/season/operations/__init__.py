"""The season as doors ask for it: its days, where both reports stand, the plan computed from what the product holds."""
