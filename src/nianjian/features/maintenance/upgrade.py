"""Bring a home to this version: back up, migrate the tables, finish what was open, examine."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.features.calls.operations import recover
from nianjian.features.maintenance import backup, health
from nianjian.features.maintenance.backup import Waiting
from nianjian.features.maintenance.health import Diagnosis
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring

VERB: Final = "home.upgrade"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """``archive``: the backup made before, None where there was nothing to keep; ``migrated``: in sorted order."""

    archive: Path | None
    migrated: tuple[str, ...]
    findings: list[Diagnosis]


def upgrade_home(*, out: Path, actor: Actor, waiting: Waiting) -> Upgraded:
    """Upgrade after `wiring.start`; the local operator's act, for the tables of roles may be old themselves.

    Killed on the way it is run again: the backup stands, each migration is whole or not made. ``upgrade_failed``
    names the backup.
    """
    names = tuple(sorted(f"{app}.{name}" for app, name in wiring.waiting_migrations()))
    if not names:
        return Upgraded(None, (), health.examine_installation())
    if not MigrationRecorder(connection).applied_migrations():  # a new home: there is nothing to back up
        wiring.prepare()
        return Upgraded(None, names, health.examine_installation())
    receipt = backup.write_backup(out=out, keys=None, waiting=waiting)
    crash_point("after_backup")
    try:
        wiring.prepare()
    except Error as fault:
        reason = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise NianjianError("upgrade_failed", archive=str(receipt.archive), reason=reason) from fault
    with transaction.atomic():
        backup.record_backup(receipt, actor)
        data = {"migrated": list(names), "program": version("nianjian"), "archive": receipt.archive.name}
        record(verb=VERB, enterprise="", actor=actor, data=data)
    recover()
    return Upgraded(receipt.archive, names, health.examine_installation())
