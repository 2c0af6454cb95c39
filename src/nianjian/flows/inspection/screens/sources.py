"""Which live sources are set up: the switches that NIANJIAN_LIVE names; the gate of the home is always one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from nianjian.config import env
from nianjian.kernel.errors import NianjianError

SETTING: Final = "NIANJIAN_LIVE"
FRESH: Final = "NIANJIAN_LIVE_FRESH"
NAMES: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
PORTS: Final[Mapping[str, int]] = {"ami": 5038, "esl": 8021}


@dataclass(frozen=True, slots=True)
class Manager:
    """Where a switch tells how many calls it has now; ``kind``: "ami", or "esl", which knows no users."""

    kind: str
    host: str
    port: int
    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch of an enterprise: the file of its call records and its manager interface, one of both at least."""

    enterprise: str
    name: str
    records: Path | None = None
    manager: Manager | None = None


def switches(environ: Mapping[str, str] | None = None) -> list[Switch]:
    """The switches out of ``CODE:NAME=ADDRESS`` with blanks, commas or line ends between; ``live_malformed``.

    An address is ``asterisk:///path/of/Master.csv``, ``ami://USER:SECRET@HOST:PORT`` or ``esl://:SECRET@HOST:PORT``;
    one name may have records and one of the other two.
    """
    found: dict[tuple[str, str], Switch] = {}
    for entry in env.text(SETTING, os.environ if environ is None else environ).replace(",", " ").split():
        whose, sign, address = entry.partition("=")
        code, colon, name = whose.partition(":")
        if not (sign and colon and NAMES.fullmatch(code) and NAMES.fullmatch(name)):
            raise _malformed(whose)
        known = found.get((code, name), Switch(code, name))
        found[code, name] = _with(known, _split(address, whose), whose)
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


def _with(known: Switch, at: SplitResult, whose: str) -> Switch:
    """The switch with one more address; each kind once."""
    if at.scheme == "asterisk" and not at.netloc and at.path.startswith("/") and known.records is None:
        return Switch(known.enterprise, known.name, Path(unquote(at.path)), known.manager)
    named = bool(at.username) == (at.scheme == "ami")
    if at.scheme in PORTS and at.hostname and named and at.password and known.manager is None:
        port, user = at.port or PORTS[at.scheme], unquote(at.username or "")
        manager = Manager(at.scheme, at.hostname, port, user, unquote(at.password))
        return Switch(known.enterprise, known.name, known.records, manager)
    raise _malformed(whose)


def fresh() -> int:
    """Milliseconds after which what gives no sign of life is stale."""
    return env.count(FRESH, os.environ) * 1000
