"""The public addresses of display numbers, under which anybody may complain (一键投诉)."""
