"""One function per act that crosses rooms: it calls the rooms in order and leaves one audit entry."""
