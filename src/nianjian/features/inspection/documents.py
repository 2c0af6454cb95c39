"""What interfaces say of the on-site check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """A line of the room's log: who looked at a row; with a ``subject``, who asked to be shown its original."""

    entry: int
    rule: str
    subject: str | None
    at: str
    by: str
    answered_at: str | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """What the inspection room shows of a day, and its log, the newest line first; ``open``: it may be changed."""

    day: str
    open: bool
    items: list[str]
    log: list[RoomEntry]
