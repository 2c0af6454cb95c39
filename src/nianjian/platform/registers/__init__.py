"""The registers (台账): who owns what, and since when. One Django app, one folder a register."""
