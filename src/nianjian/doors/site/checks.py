"""Does this installation have what it needs, and are its folders closed to others? Codes, no sentences."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env, wiring
from nianjian.platform.home.folders import OTHERS

ROOM: Final = 1 << 30  # bytes free below which a check fails: an import needs space beside the lake


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it holds, and a code with values for the sentence."""

    check: str
    ok: bool
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


def run() -> list[Finding]:
    """Run every check after `wiring.prepare`; one that breaks is a finding, never an error."""
    return [_safely(name, check) for name, check in CHECKS.items()]


def _safely(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except NianjianError as fault:
        return Finding(name, ok=False, code=fault.code, values=fault.values)


def _home() -> Finding:
    home = env.read().home
    mode = home.stat().st_mode & 0o777
    values = {"folder": str(home), "mode": f"{mode:04o}"}
    closed = not mode & OTHERS
    return Finding("home", ok=closed, code="home_closed" if closed else "home_open_to_others", values=values)


def _keys() -> Finding:
    ring = wiring.keys()
    return Finding("keys", ok=True, code="keys_ready", values={"keys": str(env.read().keys), "active": ring.active})


def _database() -> Finding:
    from django.db import DatabaseError, connection  # noqa: PLC0415 -- after the wiring

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Finding("database", ok=False, code="database_unreachable", values={"vendor": connection.vendor})
    return Finding("database", ok=True, code="database_ready", values={"vendor": connection.vendor})


def _lake() -> Finding:
    folder = wiring.lake("check").folder.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else ""
        return Finding("lake", ok=False, code="lake_unwritable", values={"folder": str(folder), "reason": reason})
    values = {"folder": str(folder), "free_mib": free >> 20}
    enough = free >= ROOM
    return Finding("lake", ok=enough, code="lake_ready" if enough else "disk_nearly_full", values=values)


def _encryption() -> Finding:
    """Whether the home's disk is encrypted: device-mapper names of LUKS begin with CRYPT (Linux only)."""
    device = env.read().home.stat().st_dev
    uuid = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/dm/uuid")
    sealed = uuid.exists() and uuid.read_text(encoding="ascii", errors="replace").startswith("CRYPT")
    # Not a failure: another layer (hypervisor, file system) may encrypt, and that cannot be seen from here.
    return Finding("disk", ok=True, code="disk_encrypted" if sealed else "disk_encryption_unknown")


CHECKS: Final = {"home": _home, "keys": _keys, "database": _database, "lake": _lake, "disk": _encryption}
