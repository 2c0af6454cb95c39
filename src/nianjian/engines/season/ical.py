"""The season as a calendar for other programs (RFC 5545), by the library icalendar. Pure.

An event's UID is made of what it is about and never of its day, so a day that moves moves the event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

PRODUCT: Final = "-//nianjian//season//ZH"
DOMAIN: Final = "nianjian"


@dataclass(frozen=True, slots=True)
class Entry:
    """An all-day event: what it is about (its identity), its day, what people read."""

    about: tuple[str, ...]
    day: date
    title: str
    text: str = ""
    done: bool = False


def uid(about: Iterable[str]) -> str:
    """The same for the same thing, whenever it is asked and whatever the day."""
    return f"{hashlib.sha256('/'.join(about).encode()).hexdigest()[:32]}@{DOMAIN}"


def feed(name: str, entries: Iterable[Entry], stamp: datetime) -> bytes:
    """The calendar's text. ``stamp``: when what it tells last changed, the same for all of it."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for one in entries:
        event = Event()
        event.add("uid", uid(one.about))
        event.add("dtstamp", stamp)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.title)
        if one.text:
            event.add("description", one.text)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CONFIRMED")
        event.add("categories", ["done" if one.done else "open"])
        made.add_component(event)
    return bytes(made.to_ical())
