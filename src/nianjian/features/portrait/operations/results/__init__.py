"""What people do with a portrait that is kept: compare runs, look at the rows behind, try a step, take it along."""
