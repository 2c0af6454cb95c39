"""One-click complaints (一键投诉): the public page of a number, and where an administrator keeps the addresses."""
