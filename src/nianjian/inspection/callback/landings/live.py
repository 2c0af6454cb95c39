"""Call records of a switch under watch, from its files as they stand: the readers are those of the live screens.

Files are read from behind, at most ``MOST`` bytes each: what is older is imported by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nianjian.inspection.callback.landings.compare import Record
from nianjian.inspection.screens import asterisk, kamailio
from nianjian.intake.formats import freeswitch_json as form
from nianjian.intake.formats.freeswitch_post import moment
from nianjian.intake.vendor.sql import DRILLS

MOST: Final = 1 << 26
_BEGAN: Final = re.compile(r"(?:^|-)(\d{9,11}(?:\.\d+)?)$")
_CHANNEL: Final = re.compile(r"[A-Za-z0-9]+/(.+)-[0-9A-Fa-f]{4,8}")
_INSIDE: Final = re.compile(r"[a-zA-Z]|start|fax|hang|hangup|failed")  # extensions of a dial plan's own
_WITHIN: Final = re.compile(r"<([^>]*)>")


def records(kind: str, path: Path, source: str) -> Iterator[Record | datetime]:
    """Each answered call of a file as a record, of every other call its moment; OSError of the file."""
    reader = READERS[kind]()
    for line in _lines(path):
        found = reader(line, source)
        if found is not None:
            yield found


def _lines(path: Path) -> Iterator[bytes]:
    """Whole lines of the last part of a file."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - MOST))
        if size > MOST:
            file.readline()
        for line in file:
            if line.endswith(b"\n"):
                yield line.rstrip(b"\r\n")


def _asterisk() -> Callable[[bytes, str], Record | datetime | None]:
    calls = asterisk.Calls(datetime(1970, 1, 1, tzinfo=UTC).date())

    def read(line: bytes, source: str) -> Record | datetime | None:
        row = calls.cells(line)
        call = "" if row is None else row.get("linkedid") or row.get("uniqueid", "")
        began = _BEGAN.search(call)
        if (
            row is None or began is None or row.get("uniqueid", call) != call
        ):  # or a leg, which has no caller of its own
            return None
        at = datetime.fromtimestamp(int(began[1].partition(".")[0]), UTC)
        if row["disposition"] != "ANSWERED":
            return at
        channel, clid = _CHANNEL.fullmatch(row["channel"]), _WITHIN.search(row["clid"])
        callers = (row["src"], clid[1] if clid else "")
        marked = any(row.get(name, "").strip().lower() in DRILLS for name in ("accountcode", "userfield"))
        named = (channel[1] if channel else "", source.partition(":")[2])
        return Record(source, call, at, _number(row["dst"]), _filled(*callers), (), _filled(*named), marked)

    return read


def _kamailio() -> Callable[[bytes, str], Record | datetime | None]:
    def read(line: bytes, source: str) -> Record | datetime | None:
        row = kamailio.read(line.decode("utf-8", "replace"))
        if row is None or row.method != "INVITE":
            return None
        at = datetime.fromtimestamp(float(row.time), UTC)
        if row.code[0] != "2":
            return at
        return Record(source, row.call, at, row.callee, _filled(row.caller), (), (source.partition(":")[2],))

    return read


def _freeswitch() -> Callable[[bytes, str], Record | datetime | None]:
    def read(line: bytes, source: str) -> Record | datetime | None:
        try:
            cells: Mapping[str, str | None] = dict(zip(form.COLUMNS, form.parse(line.decode()), strict=True))
        except ValueError:
            return None
        began, answer, end = (moment(cells[name]) for name in ("start", "answer", "end"))
        if began is None or cells["leg"] == "b":
            return None
        at = datetime.fromtimestamp(began, UTC)
        if answer is None or end is None or answer >= end:
            return at
        told = _filled(cells["sip_gateway_name"], cells["sip_gateway"])
        named = _filled(cells["switchname"], source.partition(":")[2])
        marked = any(cells[name] for name in form.MARKS)
        marked = marked or (cells["accountcode"] or "").strip().lower() in DRILLS
        callers = _filled(cells["caller_id_number"], cells["ani"], cells["sip_from_user"])
        callee = _number(cells["destination_number"] or "")
        return Record(source, cells["call_uuid"] or cells["uuid"] or "", at, callee, callers, told, named, marked)

    return read


READERS: Final = {"asterisk": _asterisk, "kamailio": _kamailio, "freeswitch": _freeswitch}


def _number(text: str) -> str:
    return "" if _INSIDE.fullmatch(text) else text


def _filled(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in texts if one))
