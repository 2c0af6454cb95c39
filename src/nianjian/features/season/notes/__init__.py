"""What people said of the plan's tasks: who does one, that one rests and why, that one was done."""
