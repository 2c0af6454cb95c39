"""What is kept of a call record that FreeSWITCH posts: one line, from which `freeswitch_json` reads the same cells.

A posted leg has hundreds of variables, what the dialplan did and a name; an import uses some forty of them. The others
are left out before anything is written, the name of the caller with them. Numbers stand in it plainly, as in the lake.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, unquote

from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.kernel import clock

PROFILE: Final = tuple(name for name in form.PROFILE if name != "caller_id_name")
TIMES: Final = {"start": "created_time", "ring": "progress_time", "answer": "answered_time", "end": "hangup_time"}
MOST: Final = 512  # characters of a value
_DIGITS: Final = {10: 1, 13: 1_000, 16: 1_000_000}  # of a moment since 1970 -> parts of a second
# What a dialplan does to connect a leg with another one; of all it did, these names alone are kept.
CONNECTING: Final = frozenset({"bridge", "callcenter", "fifo", "enterprise_originate", "intercept"})
_ID: Final = b'"variables":{"uuid":"'
STAMP: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Leg:
    """``uuid`` of the leg; ``start``: epoch seconds; ``line``: what is kept, without its end."""

    uuid: str
    start: float
    line: bytes


def parse_leg(text: str) -> Leg:
    """One posted document; ValueError for what is none, or has neither id nor beginning."""
    cells = dict(zip(form.COLUMNS, form.parse(text), strict=True))
    uuid, start = cells["uuid"], parse_moment(cells["start"])
    if uuid is None or start is None or any(len(cell) > MOST for cell in cells.values() if cell):
        raise ValueError("json_invalid")
    profile: dict[str, Any] = {name: cell for name in PROFILE if (cell := cells[name])}
    if cells["originator"]:
        profile["originator"] = {"originator_caller_profiles": [{"uuid": cells["originator"]}]}
    names = ("uuid", *form.VARIABLES, *form.MARKS, *form.PRIVACY, *form.LAST)
    document = {
        "core-uuid": cells["core_uuid"],
        "switchname": cells["switchname"],
        "variables": {name: quote(cell) for name in names if (cell := cells[name])},
        "callflow": [
            {
                "caller_profile": profile,
                "times": {name: cell for field, name in TIMES.items() if (cell := cells[field])},
            }
        ],
        "app_log": {"applications": [{"app_name": name} for name in connecting_apps(text)]},
    }
    return Leg(uuid, start, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def connecting_apps(text: str) -> list[str]:
    """What of ``CONNECTING`` a leg's dialplan did, each once; ValueError."""
    log = json.loads(text).get("app_log")
    done = log.get("applications") if isinstance(log, dict) else None
    names = {one.get("app_name") for one in done if isinstance(one, dict)} if isinstance(done, list) else set()
    return sorted(CONNECTING & {name for name in names if isinstance(name, str)})


def extract_leg_id(line: bytes) -> str:
    """The id of the leg that a kept line holds, without reading the line; "" for a line of another form."""
    return unquote(line.partition(_ID)[2].partition(b'"')[0].decode("utf-8", "replace"))


def parse_moment(text: str | None) -> float | None:
    """Epoch seconds of a time as FreeSWITCH writes it; a stamp is Beijing time; None for none."""
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        parts = _DIGITS.get(len(text))
        return None if parts is None else int(text) / parts
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=clock.ZONE).timestamp()
    except ValueError:
        return None
