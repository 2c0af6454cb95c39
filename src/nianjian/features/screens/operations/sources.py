"""Which live sources are set up: the switches that NIANJIAN_LIVE names; the gate of the home is always one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import posted, watch_files
from nianjian.platform.home import env

SETTING: Final = "NIANJIAN_LIVE"
FRESH: Final = "NIANJIAN_LIVE_FRESH"
NAMES: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
PORTS: Final[Mapping[str, int]] = {"ami": 5038, "esl": 8021}
FILES: Final = frozenset({"asterisk", "kamailio"})
POSTING: Final = "freeswitch"  # the kind of switch that posts its records


@dataclass(frozen=True, slots=True)
class Manager:
    """Where a switch tells how many calls it has now.

    ``kind``: "ami", "esl", which knows no users, or "jsonrpc", whose ``host`` is the path of a socket.
    """

    kind: str
    host: str
    port: int
    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Records:
    """Where a switch's call records are read: a file of an Asterisk, a file or a folder of a Kamailio.

    A FreeSWITCH posts them under ``user`` and ``secret``; ``path`` is the folder in which they are kept.
    """

    kind: str
    path: Path
    user: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch of an enterprise: its call records and its manager interface, one of both at least."""

    enterprise: str
    name: str
    records: Records | None = None
    manager: Manager | None = None


def switches(environ: Mapping[str, str] | None = None) -> list[Switch]:
    """The switches out of ``CODE:NAME=ADDRESS`` with blanks, commas or line ends between; ``live_malformed``.

    Of one name there may be records (``asterisk:///path/of/Master.csv``, ``kamailio:///path/of/acc``,
    ``post://USER:SECRET@freeswitch``) and a manager (``ami://USER:SECRET@HOST:PORT``, ``esl://:SECRET@HOST:PORT``,
    ``jsonrpc:///path/of/socket``).
    """
    found: dict[tuple[str, str], Switch] = {}
    given = os.environ if environ is None else environ
    for entry in env.text(SETTING, given).replace(",", " ").split():
        whose, sign, address = entry.partition("=")
        code, colon, name = whose.partition(":")
        if not (sign and colon and NAMES.fullmatch(code) and NAMES.fullmatch(name)):
            raise _malformed(whose)
        known = found.get((code, name), Switch(code, name))
        found[code, name] = _with(known, _split(address, whose), whose, env.path("NIANJIAN_HOME", given))
    return list(found.values())


def _malformed(whose: str) -> NianjianError:
    return NianjianError("live_malformed", setting=SETTING, entry=whose)


def _split(address: str, whose: str) -> SplitResult:
    try:
        at = urlsplit(address)
        _ = at.port  # ValueError for what is no port
    except ValueError as fault:
        raise _malformed(whose) from fault
    return at


def _with(known: Switch, at: SplitResult, whose: str, home: Path) -> Switch:
    """The switch with one more address; records and manager once each."""
    records = _records(known, at, home)
    if records is not None and known.records is None:
        return replace(known, records=records)
    manager = _manager(at)
    if manager is not None and known.manager is None:
        return replace(known, manager=manager)
    raise _malformed(whose)


def _records(known: Switch, at: SplitResult, home: Path) -> Records | None:
    if at.scheme in FILES and _is_path(at):
        return Records(at.scheme, Path(unquote(at.path)))
    if at.scheme == "post" and at.hostname == POSTING and at.username and at.password and not at.path.strip("/"):
        folder = posted.folder_of(watch_files.folder(home), known.enterprise, known.name)
        return Records(POSTING, folder, unquote(at.username), unquote(at.password))
    return None


def _manager(at: SplitResult) -> Manager | None:
    if at.scheme == "jsonrpc" and _is_path(at):
        return Manager(at.scheme, unquote(at.path), 0, "", "")
    named = bool(at.username) == (at.scheme == "ami")
    if at.scheme in PORTS and at.hostname and named and at.password:
        port, user = at.port or PORTS[at.scheme], unquote(at.username or "")
        return Manager(at.scheme, at.hostname, port, user, unquote(at.password))
    return None


def _is_path(at: SplitResult) -> bool:
    return not at.netloc and at.path.startswith("/")


def today() -> date:
    """The real day, whatever day a drill takes for today: live sources know no other."""
    return clock.now().astimezone(clock.ZONE).date()


def fresh() -> int:
    """Milliseconds after which what gives no sign of life is stale."""
    return env.count(FRESH, os.environ) * 1000
