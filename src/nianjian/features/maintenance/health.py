"""How the installation is: the doctor for people, figures for machines."""

import gettext
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import pyarrow as pa
from django.db import Error, connection

import nianjian
from nianjian.engines.evidence import recordings
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import tables as files
from nianjian.features.calls.operations import ERASE
from nianjian.features.maintenance import backup, retention
from nianjian.features.maintenance.retention import Period, list_periods
from nianjian.features.portrait import portraits
from nianjian.features.test_calls import queries, validation
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import CLOCK, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.query import acts
from nianjian.platform.home import env, wiring
from nianjian.platform.home.folders import OTHERS
from nianjian.platform.jobs import flow, service
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.rulebook import holidays
from nianjian.platform.rulebook.rulebooks import rulebook


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``check`` is set by whoever lists the checks."""

    state: State
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    check: str = ""


def passed(code: str, **values: object) -> Diagnosis:
    """It is as it should be."""
    return Diagnosis(State.OK, code, values)


def warning(code: str, **values: object) -> Diagnosis:
    """It works, but somebody should look."""
    return Diagnosis(State.WARN, code, values)


def failure(code: str, **values: object) -> Diagnosis:
    """It does not work or is not safe."""
    return Diagnosis(State.FAIL, code, values)


SILENT: Final = 60  # seconds after which a worker that has work to do counts as gone


@dataclass(frozen=True, slots=True)
class Health:
    """``checks``: database, lake and worker, each ``ok``, ``fail``, or for the worker ``none`` and ``silent``."""

    checks: Mapping[str, str]

    @property
    def well(self) -> bool:
        """Whether pages can be served; work that waits does not end that."""
        return "fail" not in self.checks.values()


@dataclass(frozen=True, slots=True)
class Figures:
    """``rows`` and ``imports`` by (enterprise, kind or state); ages in seconds, None: never.

    ``portraits``: the newest of each enterprise and data year, its light and age.
    """

    jobs: Mapping[str, int]
    intents: int
    imports: Mapping[tuple[str, str], int]
    rows: Mapping[tuple[str, str], int]
    portraits: tuple[tuple[str, int, str, float | None], ...]
    audit_head: int
    backup_age: float | None
    worker_age: float | None


def get_health() -> Health:
    """Ask the database one question and look whether the lake's folder can be written."""
    lakes = wiring.lakes()
    folder = lakes if lakes.exists() else lakes.parent  # where it will be made
    checks = {"database": "ok", "lake": "ok" if os.access(folder, os.W_OK | os.X_OK) else "fail"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["worker"] = worker_state()
    except Error:
        checks["database"] = "fail"
    return Health(checks)


def gather_figures() -> Figures:
    """Count everything: the database counts itself, the lake tells the rows of its files, no row is read."""
    enterprises = [one.code for one in accounts.enterprises()]
    rows: Counter[tuple[str, str]] = Counter()
    for code in enterprises:
        for file in wiring.lake(code).old_files("calls"):
            rows[code, "rejected" if file.is_rejected else "loaded"] += file.rows
    newest = next(audit.acts(newest=1), None)
    last_backup = find_last_backup()
    beat = queue.last_beat()
    return Figures(
        jobs=queue.by_state(),
        intents=len(queue.open_intents()),
        imports=batches.count_by_state(),
        rows=rows,
        portraits=tuple(_portrait_figures(code, year) for code in enterprises for year in portraits.list_years(code)),
        audit_head=0 if newest is None else newest.seq,
        backup_age=None if last_backup is None else _age(datetime.fromisoformat(last_backup.at)),
        worker_age=None if beat is None else _age(beat),
    )


def _portrait_figures(code: str, year: int) -> tuple[str, int, str, float | None]:
    run = portraits.find_newest_run(code, year)
    if run is None:  # kept by an older program, which wrote no moment
        return code, year, str((portraits.find_portrait(code, year) or {}).get("light", "")), None
    return code, year, run.light, _age(datetime.fromisoformat(run.moment))


def worker_state() -> str:
    """``silent``: jobs wait and no worker was heard of lately; ``none``: nothing waits, none ever was; else ``ok``."""
    beat = queue.last_beat()
    if queue.waiting() and (beat is None or _age(beat) > SILENT):
        return "silent"
    return "none" if beat is None else "ok"


def _age(moment: datetime) -> float:
    return max(0.0, (clock.now() - moment).total_seconds())


KINDS: Final = (flow.COUNT_OVER, flow.ERASE_OVER)  # works that leave a count
NIGHT: Final = range(1, 5)  # hours of the business zone in which few people wait for the worker
DAY: Final = timedelta(hours=20)  # the next night is nearer than 24 hours where this one's count began late
LATE: Final = timedelta(days=2)  # an installation that is off at night counts by day
AT_ONCE: Final = 20  # counts that one look puts: work of people must not wait behind those of a thousand enterprises


@dataclass(frozen=True, slots=True)
class RecordClass(Period):
    """A class of records: the rule that keeps it the longest, and for how long.

    ``since``: the first day that is kept, null: for ever; ``oldest`` record; ``over``: rows over their time, null:
    not counted.
    """

    oldest: str | None
    over: int | None


@dataclass(frozen=True, slots=True)
class RecordClasses:
    """Every class; ``counted_at``: when it was counted, null: never, or not since rows were erased."""

    counted_at: datetime | None
    items: list[RecordClass]

    @property
    def over(self) -> int:
        """Rows over their time that were counted."""
        return sum(one.over or 0 for one in self.items)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """The ``oldest`` record of a class, and how many rows are over their time."""

    oldest: str | None
    over: int | None


@dataclass(frozen=True, slots=True)
class OverdueCount:
    """What a count has found of each class, by its name, as the queue keeps it: the result of a job."""

    counted_at: str
    classes: dict[str, ClassCount]


def enqueue_count(*, enterprise: str, actor: Actor) -> str:
    """Put a count; its job, or the one that waits or runs. ``role_missing``."""
    return flow.enqueue_once(kind=flow.COUNT_OVER, enterprise=enterprise, payload={}, actor=actor)


def enqueue_nightly_counts(at: datetime | None = None) -> int:
    """Put a count for each enterprise that had none for a day, when it is night; how many. By day only for the late.

    Called again while they wait it puts none twice; an older count of the clock's own is forgotten.
    """
    moment = at or clock.now()
    age = DAY if moment.astimezone(clock.ZONE).hour in NIGHT else LATE
    last = queue.last_asked(KINDS)
    due = [one.code for one in accounts.enterprises() if one.code not in last or moment - last[one.code] > age]
    for code in due[:AT_ONCE]:
        service.drop_over(enterprise=code, kind=flow.COUNT_OVER, requested_by=str(CLOCK))
        enqueue_count(enterprise=code, actor=CLOCK)
    return len(due[:AT_ONCE])


def count_overdue_rows(*, enterprise: str, actor: Actor) -> OverdueCount:
    """Count; ``role_missing``, ``enterprise_unknown``."""
    at = clock.now()
    statuses = retention.list_class_statuses(actor=actor, enterprise=enterprise)
    classes = {one.period.record_class: ClassCount(one.oldest, one.over) for one in statuses}
    return OverdueCount(at.isoformat(), classes)


def get_retention_status(*, enterprise: str, actor: Actor) -> RecordClasses:
    """Each class with its period of today, and what the last count found; ``role_missing``, ``enterprise_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    tenant = accounts.enterprise(enterprise)
    book = rulebook(day=None, province=tenant.province or None, enterprise=enterprise)
    last_count = _last_count(enterprise)
    counted_at, counts = None, dict[str, ClassCount]()
    if last_count is not None:
        counted_at, counts = datetime.fromisoformat(last_count.counted_at), last_count.classes
    none = ClassCount(None, None)
    periods = [(one, counts.get(one.record_class, none)) for one in list_periods(book, clock.today())]
    return RecordClasses(counted_at, [RecordClass(**asdict(one), **asdict(count)) for one, count in periods])


def _last_count(enterprise: str) -> OverdueCount | None:
    """The newest count, if no rows were erased since."""
    done = [queue.newest(enterprise, kind, {}, Job.DONE) for kind in KINDS]
    counts = [
        msgspec.convert(one.result, OverdueCount) for one in done if one is not None and "counted_at" in one.result
    ]
    newest = max(counts, key=lambda one: datetime.fromisoformat(one.counted_at), default=None)
    if newest is None:
        return None
    at = datetime.fromisoformat(newest.counted_at)
    erased = any(datetime.fromisoformat(one.at) > at for one in acts(enterprise=enterprise, verb=ERASE, newest=1))
    return None if erased else newest


LEAST: Final = 1 << 30  # bytes free: an import needs space beside the lake
LITTLE: Final = 5 << 30
ZONE: Final = "Asia/Shanghai"
BLOCKS: Final = Path("/sys/dev/block")
FONTS: Final = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts",
    "/System/Library/Fonts",
)  # fmt: skip
CJK: Final = (
    "cjk", "notosanssc", "notoserifsc", "sourcehan", "wqy", "simsun", "simhei", "droidsansfallback", "pingfang"
)  # fmt: skip


def check_home() -> Diagnosis:
    """The home belongs to its owner alone."""
    folder = env.read().home
    mode = folder.stat().st_mode & 0o777
    values = {"folder": str(folder), "mode": f"{mode:04o}"}
    return failure("home_open_to_others", **values) if mode & OTHERS else passed("home_closed", **values)


def check_keys() -> Diagnosis:
    """The key file can be read, by its owner only, and lies outside the home (`keyring` raises otherwise)."""
    ring = wiring.keys()
    return passed("keys_ready", keys=str(env.read().keys), active=ring.active)


def check_disk() -> Diagnosis:
    """Space where the home and the lake lie."""
    folders = {env.read().home, wiring.lakes()}
    free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders if folder.is_dir())
    values = {"folder": str(folder), "free_mib": free >> 20}
    if free < LEAST:
        return failure("disk_nearly_full", **values)
    return warning("disk_getting_full", **values) if free < LITTLE else passed("disk_roomy", **values)


def check_encryption() -> Diagnosis:
    """Whether the disk of home and lake is encrypted, as far as Linux tells."""
    seen = {is_encrypted(folder.stat().st_dev) for folder in (env.read().home, wiring.lakes()) if folder.is_dir()}
    if seen == {True}:
        return passed("disk_encrypted")
    return warning("disk_encryption_unknown") if None in seen else warning("disk_plain")


def is_encrypted(device: int, blocks: Path = BLOCKS) -> bool | None:
    """Whether a block device lies on dm-crypt, at any depth (LVM on LUKS, LUKS on a RAID); None: it is not told.

    A file system without a device of its own (overlay, btrfs, network) and a virtual disk tell nothing: the host may
    encrypt below them.
    """
    place = blocks / f"{os.major(device)}:{os.minor(device)}"
    if not place.exists():
        return None
    uuids = list(_uuids(place.resolve()))
    if any(uuid.startswith("CRYPT") for uuid in uuids):
        return True
    virtual = any(mark in str(place.resolve()) for mark in ("/virtio", "/virtual/", "/vbd-", "/xen"))
    return None if virtual else False


def _uuids(place: Path) -> Iterator[str]:
    """Device-mapper ids of a device and of all that it lies on."""
    uuid = place / "dm" / "uuid"
    if uuid.exists():
        yield uuid.read_text(encoding="ascii", errors="replace")
    for below in sorted((place / "slaves").glob("*")):
        yield from _uuids(below.resolve())


def check_time() -> Diagnosis:
    """The clock, as far as it can be judged: whether somebody keeps it, and whether a drill moved the day."""
    if drill := os.environ.get("NIANJIAN_TODAY"):
        return warning("clock_drill", today=drill)
    now = clock.now().isoformat(timespec="seconds")
    return passed("clock_kept", now=now) if clock.SYNCHRONISED.exists() else passed("clock_unwatched", now=now)


def check_zone() -> Diagnosis:
    """The zone in which days begin is known to this system."""
    try:
        hours = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE)).utcoffset()
    except ZoneInfoNotFoundError:
        return failure("zone_missing", zone=ZONE)
    offset = "" if hours is None else f"+{int(hours.total_seconds()) // 3600}"
    return passed("zone_known", zone=ZONE, offset=offset)


def check_fonts() -> Diagnosis:
    """Chinese fonts of the system, for pictures and PDF."""
    for place in FONTS:
        for path in Path(place).expanduser().rglob("*.[to]t[fc]"):
            if any(mark in path.name.lower().replace("-", "") for mark in CJK):
                return passed("fonts_found", font=path.name)
    return warning("fonts_missing")


def check_languages() -> Diagnosis:
    """The Chinese texts are there."""
    folder = Path(nianjian.__file__).parent / "locale"
    catalog = gettext.translation("django", folder, ["zh_Hans"], fallback=True)
    count = len(getattr(catalog, "_catalog", {}))
    return passed("languages_ready", texts=count) if count > 1 else failure("languages_missing", folder=str(folder))


OLD_BACKUP: Final = 7  # days
SOON: Final = timedelta(days=30)  # a carrier takes weeks to sign another certificate
NEXT_YEAR: Final = 12  # from this month on the next year's holidays should be known


def _database() -> Diagnosis:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return passed("database_ready", vendor=connection.vendor)


def _migrations() -> Diagnosis:
    waiting = sorted(f"{app}.{name}" for app, name in wiring.waiting_migrations())
    return failure("migrations_waiting", count=len(waiting), first=waiting[0]) if waiting else passed("migrations_done")


def _intents() -> Diagnosis:
    count = len(queue.open_intents())
    return warning("intents_open", count=count) if count else passed("intents_none")


def _audit() -> Diagnosis:
    report = verify_chain()
    if not report.valid:
        return failure("audit_broken", entry=report.broken_at, reason=report.reason)
    newest = next(audit.acts(newest=1), None)
    if newest is not None and datetime.fromisoformat(newest.at) > clock.now():
        return failure("clock_behind", at=newest.at)
    return passed("audit_whole", entries=report.entries, head=report.last)


def _lake() -> Diagnosis:
    tables = 0
    for code in files.enterprises(wiring.lakes()):
        lake = wiring.lake(code)
        for table in lake.snapshot():
            tables += 1
            for name in lake.files(table):
                if not Path(name).exists():
                    return failure("lake_file_missing", enterprise=code, table=table, file=Path(name).name)
    return passed("lake_readable", tables=tables)


def _engine() -> Diagnosis:
    with closing(wiring.engine()) as engine:
        (row,) = engine.rows(engine.hold("doctor", pa.table({"one": [1]})))
    name = type(engine).__name__
    return passed("engine_answers", engine=name) if row["one"] == 1 else failure("engine_wrong", engine=name)


def _holidays() -> Diagnosis:
    today, published = clock.today(), holidays.calendar().years
    years = [today.year, *([today.year + 1] if today.month >= NEXT_YEAR else [])]
    missing = [year for year in years if year not in published]
    return warning("holidays_missing", year=missing[0]) if missing else passed("holidays_known", year=years[-1])


def find_last_backup() -> audit.Act | None:
    """The audit entry of the newest backup, None before the first."""
    return next(audit.acts(verb=backup.VERB, newest=1), None)


def _backups() -> Diagnosis:
    newest = find_last_backup()
    if newest is None:
        return warning("backup_never")
    days = (clock.now() - datetime.fromisoformat(newest.at)).days
    values = {"days": days, "archive": newest.data["archive"]}
    return warning("backup_old", **values) if days > OLD_BACKUP else passed("backup_fresh", **values)


def _worker() -> Diagnosis:
    grade, code = (warning, "worker_silent") if worker_state() == "silent" else (passed, "worker_enough")
    return grade(code, waiting=queue.waiting())


def _recordings() -> Diagnosis:
    """Every folder that is set, as the look at the logs will find it."""
    folders = recordings.parse_folders(env.text(recordings.SETTING, os.environ))
    for place in folders.values():
        recordings.resolve_root(place)
    strange = sorted(set(folders) - {one.code for one in accounts.enterprises()})
    if strange:
        return warning("recordings_strange", enterprise=strange[0])
    return passed("recordings_readable", count=len(folders)) if folders else passed("recordings_unset")


def _certificates() -> Diagnosis:
    """The certificates that test calls show: without one that holds a gateway refuses every call of the next check."""
    lasts = [
        (last, route.enterprise_id, route.name)
        for firm in accounts.enterprises()
        for route in queries.list_routes(firm.code)
        if (last := validation.certificate_end(route.identity or ""))
    ]
    if not lasts:
        return passed("certificates_none")
    last, enterprise, way = min(lasts)
    values = {"enterprise": enterprise, "way": way, "last": last.isoformat()}
    if last < clock.today():
        return warning("certificate_over", **values)
    soon = last <= clock.today() + SOON
    return warning("certificate_ends", **values) if soon else passed("certificates_hold", count=len(lasts), **values)


CHECKS: Final[Mapping[str, Callable[[], Diagnosis]]] = {
    "home": check_home, "keys": check_keys, "disk": check_disk, "encryption": check_encryption, "database": _database,
    "migrations": _migrations, "intents": _intents, "audit": _audit, "lake": _lake, "engine": _engine,
    "worker": _worker, "clock": check_time, "zone": check_zone, "fonts": check_fonts, "holidays": _holidays,
    "backups": _backups, "recordings": _recordings, "certificates": _certificates, "languages": check_languages,
}  # fmt: skip


def examine_installation() -> list[Diagnosis]:
    """Run every check, after `wiring.start`."""
    return [replace(_safely(check), check=name) for name, check in CHECKS.items()]


def is_healthy(findings: list[Diagnosis]) -> bool:
    """Whether nothing failed; what is only worth a look does not count."""
    return all(one.state is not State.FAIL for one in findings)


def _safely(check: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return check()
    except NianjianError as fault:
        return Diagnosis(State.FAIL, fault.code, fault.values)
    except Error as fault:  # a table that is missing or a database that does not answer
        return failure("database_refused", reason=(str(fault).splitlines() or [type(fault).__name__])[0])
    except OSError as fault:
        return failure("file_problem", file=str(fault.filename or ""), reason=fault.strerror or str(fault))
    except Exception as fault:  # noqa: BLE001 -- an engine or a library that broke is what a doctor is asked for
        return failure("check_broken", kind=type(fault).__name__, reason=str(fault)[:300])
