"""The tables of the registers (台账): dated history, sheets, import, lists. One Django app."""
