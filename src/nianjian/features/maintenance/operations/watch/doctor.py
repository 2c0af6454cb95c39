"""Examine an installation: every check answers ok, warn or fail; one that breaks is a fail, never an error.

Nothing is changed: tables are not migrated, intents not recovered.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.db import Error, connection

from nianjian.engines.evidence.recordings import folder
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import files
from nianjian.features.maintenance.operations import backup
from nianjian.features.maintenance.operations.watch import figures, machine
from nianjian.features.maintenance.operations.watch.diagnosis import Diagnosis, State, fail, ok, warn
from nianjian.features.test_calls import identity
from nianjian.features.test_calls.routes import query as routes
from nianjian.platform.accounts import query as accounts
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.verify import verify
from nianjian.platform.home import env, wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.rulebook import holidays

OLD_BACKUP: Final = 7  # days
SOON: Final = timedelta(days=30)  # a carrier takes weeks to sign another certificate
NEXT_YEAR: Final = 12  # from this month on the next year's holidays should be known


def _database() -> Diagnosis:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ok("database_ready", vendor=connection.vendor)


def _migrations() -> Diagnosis:
    waiting = sorted(f"{app}.{name}" for app, name in wiring.waiting_migrations())
    return fail("migrations_waiting", count=len(waiting), first=waiting[0]) if waiting else ok("migrations_done")


def _intents() -> Diagnosis:
    count = len(queue.open_intents())
    return warn("intents_open", count=count) if count else ok("intents_none")


def _audit() -> Diagnosis:
    report = verify()
    if not report.ok:
        return fail("audit_broken", entry=report.broken_at, reason=report.reason)
    newest = next(audit.acts(newest=1), None)
    if newest is not None and datetime.fromisoformat(newest.at) > clock.now():
        return fail("clock_behind", at=newest.at)
    return ok("audit_whole", entries=report.entries, head=report.last)


def _lake() -> Diagnosis:
    tables = 0
    for code in files.enterprises(wiring.lakes()):
        lake = wiring.lake(code)
        for table in lake.snapshot():
            tables += 1
            for name in lake.files(table):
                if not Path(name).exists():
                    return fail("lake_file_missing", enterprise=code, table=table, file=Path(name).name)
    return ok("lake_readable", tables=tables)


def _engine() -> Diagnosis:
    with closing(wiring.engine()) as engine:
        (row,) = engine.rows(engine.hold("doctor", pa.table({"one": [1]})))
    name = type(engine).__name__
    return ok("engine_answers", engine=name) if row["one"] == 1 else fail("engine_wrong", engine=name)


def _holidays() -> Diagnosis:
    today, known = clock.today(), holidays.calendar().years
    wanted = [today.year, *([today.year + 1] if today.month >= NEXT_YEAR else [])]
    missing = [year for year in wanted if year not in known]
    return warn("holidays_missing", year=missing[0]) if missing else ok("holidays_known", year=wanted[-1])


def _backups() -> Diagnosis:
    newest = next(audit.acts(verb=backup.VERB, newest=1), None)
    if newest is None:
        return warn("backup_never")
    days = (clock.now() - datetime.fromisoformat(newest.at)).days
    values = {"days": days, "archive": newest.data["archive"]}
    return warn("backup_old", **values) if days > OLD_BACKUP else ok("backup_fresh", **values)


def _worker() -> Diagnosis:
    waiting = queue.waiting()
    return (
        warn("worker_silent", waiting=waiting) if figures.worker() == "silent" else ok("worker_enough", waiting=waiting)
    )


def _recordings() -> Diagnosis:
    """Every folder that is set, as the look at the logs will find it."""
    folders = folder.folders(env.text(folder.SETTING, os.environ))
    for place in folders.values():
        folder.root(place)
    strange = sorted(set(folders) - {one.code for one in accounts.enterprises()})
    if strange:
        return warn("recordings_strange", enterprise=strange[0])
    return ok("recordings_readable", count=len(folders)) if folders else ok("recordings_unset")


def _certificates() -> Diagnosis:
    """The certificates that test calls show: without one that holds a gateway refuses every call of the next check."""
    lasts = [
        (last, route.enterprise_id, route.name)
        for firm in accounts.enterprises()
        for route in routes.routes(firm.code)
        if (last := identity.until(route.identity or ""))
    ]
    if not lasts:
        return ok("certificates_none")
    last, enterprise, way = min(lasts)
    values = {"enterprise": enterprise, "way": way, "last": last.isoformat()}
    if last < clock.today():
        return warn("certificate_over", **values)
    soon = last <= clock.today() + SOON
    return warn("certificate_ends", **values) if soon else ok("certificates_hold", count=len(lasts), **values)


CHECKS: Final[Mapping[str, Callable[[], Diagnosis]]] = {
    "home": machine.home,
    "keys": machine.keys,
    "disk": machine.disk,
    "encryption": machine.encryption,
    "database": _database,
    "migrations": _migrations,
    "intents": _intents,
    "audit": _audit,
    "lake": _lake,
    "engine": _engine,
    "worker": _worker,
    "clock": machine.time,
    "zone": machine.zone,
    "fonts": machine.fonts,
    "holidays": _holidays,
    "backups": _backups,
    "recordings": _recordings,
    "certificates": _certificates,
    "languages": machine.languages,
}


def examine() -> list[Diagnosis]:
    """Run every check, after `wiring.start`."""
    return [replace(_safely(check), check=name) for name, check in CHECKS.items()]


def healthy(found: list[Diagnosis]) -> bool:
    """Whether nothing failed; what is only worth a look does not count."""
    return all(one.state is not State.FAIL for one in found)


def _safely(check: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return check()
    except NianjianError as fault:
        return Diagnosis(State.FAIL, fault.code, fault.values)
    except Error as fault:  # a table that is missing or a database that does not answer
        return fail("database_refused", reason=(str(fault).splitlines() or [type(fault).__name__])[0])
    except OSError as fault:
        return fail("file_problem", file=str(fault.filename or ""), reason=fault.strerror or str(fault))
    except Exception as fault:  # noqa: BLE001 -- an engine or a library that broke is what a doctor is asked for
        return fail("check_broken", kind=type(fault).__name__, reason=str(fault)[:300])
