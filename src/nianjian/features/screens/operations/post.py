"""Take the call records that a FreeSWITCH posts (mod_json_cdr): kept durably and once, counted by the live screens.

What is kept are the lines of `inspection.screens.posted`; an ordinary import reads them. No audit entry is written: a
record is no act of a person, and the import that brings them in has one.
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import unquote, unquote_plus

from nianjian.engines.intake.formats.freeswitch_post import Leg, parse_leg
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens.operations import sources
from nianjian.features.screens.posted import Spool

MOST: Final = 256 << 10  # bytes of a post; a leg has some ten thousand, three times as many as a form
OLDEST: Final = timedelta(days=400)  # before now that a leg can have begun; what failed then is imported as a file
NEWEST: Final = timedelta(days=1)  # and after it, by the switch's clock
FIELD: Final = b"cdr="
_BLANK: Final = re.compile(rb"\s")
_SPOOLS: Final[dict[Path, Spool]] = {}
_MAKING: Final = Lock()


def admitted(*, enterprise: str, name: str, credentials: str) -> Path:
    """The folder of the switch that says who it is, ``USER:SECRET``; ``live_post_refused``, ``live_malformed``."""
    known = [one for one in sources.switches() if (one.enterprise, one.name) == (enterprise, name)]
    for one in known:
        records = one.records
        if records is not None and records.kind == sources.POSTING:
            wanted = f"{records.user}:{records.secret}"
            if secrets.compare_digest(wanted.encode(), credentials.encode()):
                return records.path
    raise NianjianError("live_post_refused")


def take(folder: Path, body: bytes) -> bool:
    """Keep what was posted; False: it was known. Durable when this returns; ``live_post_unreadable``, OSError."""
    try:
        told = parse_leg(_text(body))
    except ValueError as fault:
        raise NianjianError("live_post_unreadable") from fault
    return _spool(folder).keep(_day(told), told.uuid, told.line)


def _day(told: Leg) -> date:
    """The day on which the leg began."""
    began, now = datetime.fromtimestamp(told.start, clock.ZONE), clock.now()
    if not now - OLDEST < began < now + NEWEST:
        raise NianjianError("live_post_unreadable")
    return began.date()


def _text(body: bytes) -> str:
    """The document, by how it looks: a switch that is told to send no Expect names another type than it sends.

    JSON; the form's field ``cdr`` with URL-encoded JSON; the same with base64. ValueError for base64 that is none.
    """
    if not body.startswith(FIELD):
        return body.decode("utf-8", "replace")
    value = body[len(FIELD) :].split(b"&", 1)[0]
    if value[:1] == b"{" or value[:3].lower() == b"%7b":
        return unquote_plus(value.decode("utf-8", "replace"))
    plain = _BLANK.sub(b"", unquote(value.decode("ascii")).encode() if b"%" in value else value)
    return base64.b64decode(plain.rstrip(b"=") + b"=" * (-len(plain.rstrip(b"=")) % 4), validate=True).decode(
        "utf-8", "replace"
    )


def _spool(folder: Path) -> Spool:
    with _MAKING:
        return _SPOOLS.setdefault(folder, Spool(folder))
