"""What a sheet would become in its register: the headings it was read by, its first rows, and every fault."""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import drafts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import kinds, uploads, workbooks
from nianjian.platform.registers.columns import Column, Kind, mask_text
from nianjian.platform.registers.sheet_reader import Finding, check_table, read_sheet
from nianjian.platform.registers.storage import list_allowed_references
from nianjian.platform.registers.workbooks import Words

SHOWN: Final = 10
FAULTS: Final = 50
# What is larger is checked by the worker: up to here the costliest sheet takes 0.7 s, the marking of its faults 0.5 s.
LARGE: Final = 128 << 10  # bytes
UNPACKED: Final = 1 << 20  # bytes of a workbook, whose cells are wordy
MARKED: Final = 2_000  # faults


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """``matched``: (heading in the file, heading of the form). ``absent``: headings of the form that it lacks.

    ``rows``: the first sound ones, masked, under ``header``. ``findings`` and ``warnings`` are the first `FAULTS`.
    """

    file: str
    sheet: str
    encoding: str
    matched: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]
    extra: tuple[str, ...]
    read: int
    faulty: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]
    faults: int
    warnings: tuple[Finding, ...]


def check_register(kind: str, path: Path, enterprise: str) -> CheckedSheet:
    """Check the whole sheet. NianjianError: ``register_kind_unknown``, what `sheet_reader.read_sheet` raises."""
    sheet = kinds.register(kind).sheet
    table = read_sheet(path, sheet)
    result = check_table(table, sheet, list_allowed_references(kind, enterprise, sheet=True))
    columns = [column for _place, column in sorted(table.columns.items())]
    present = {column.field for column in columns}
    return CheckedSheet(
        file=table.file,
        sheet=table.sheet,
        encoding=table.encoding,
        matched=tuple((table.header[place], column.header) for place, column in sorted(table.columns.items())),
        absent=tuple(column.header for column in sheet.columns if column.field not in present),
        extra=tuple(table.extra.values()),
        read=len(table.lines),
        faulty=result.faulty,
        header=tuple(column.header for column in columns),
        rows=tuple(
            tuple(_cell(one.row.get(column.field), column) for column in columns) for one in result.rows[:SHOWN]
        ),
        findings=tuple(result.findings[:FAULTS]),
        faults=len(result.findings),
        warnings=tuple(result.warnings[:FAULTS]),
    )


@dataclass(frozen=True, slots=True)
class SheetCheck:
    """The check of a large sheet, as the queue keeps it: rows, faulty rows, faults, and the first of them."""

    file: str
    read: int
    faulty: int
    faults: int
    findings: list[dict[str, object]]  # their fields and values


def summarize_check(kind: str, path: Path, enterprise: str, words: workbooks.Words) -> SheetCheck:
    """Check a large sheet.

    A faulty one leaves its error workbook beside it, where `error_workbook_path` says, and it goes with the draft.
    """
    check = check_register(kind, path, enterprise)
    if check.faulty:
        write_error_workbook(kind, path, error_workbook_path(path), words, enterprise=enterprise)
    findings = [{**one.as_dict(), "values": dict(one.values())} for one in check.findings]
    return SheetCheck(check.file, check.read, check.faulty, check.faults, findings)


def write_error_workbook(
    kind: str, path: Path, target: Path, words: workbooks.Words, *, enterprise: str, most: int | None = None
) -> None:
    """Write the sheet with every faulty cell marked and its reason beside it; ``file_unwritable``.

    ``most``: of how many faults; ``sheet_faults_many`` where there are more.
    """
    sheet = kinds.register(kind).sheet
    table = read_sheet(path, sheet)
    findings = check_table(table, sheet, list_allowed_references(kind, enterprise, sheet=True)).findings
    if most is not None and len(findings) > most:
        raise NianjianError("sheet_faults_many", file=path.name, faults=len(findings), most=most)
    try:
        workbooks.mark_findings(table, findings, target, words)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(target), reason=fault.strerror or "") from fault


def is_large(path: Path) -> bool:
    """Whether an answer cannot wait for the check of a sheet; of a packed workbook counts what it holds unpacked."""
    size = path.stat().st_size
    if size <= UNPACKED and zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as pack:
                return sum(one.file_size for one in pack.infolist()) > UNPACKED
        except zipfile.BadZipFile:
            return size > LARGE  # the check says that it cannot be read
    return size > LARGE


def require_small(path: Path) -> None:
    """``sheet_too_large`` for a sheet that an answer cannot wait for."""
    if is_large(path):
        limit, unpacked = f"{LARGE >> 10} KiB", f"{UNPACKED >> 10} KiB"
        raise NianjianError("sheet_too_large", file=path.name, limit=limit, unpacked=unpacked)


def error_workbook_path(path: Path) -> Path:
    """Where the error workbook of a draft's sheet lies: a level above, so that no file that was sent has its name."""
    return path.parent.parent / f"errors-{path.parent.name}.xlsx"


@dataclass(frozen=True, slots=True)
class SheetHeading:
    """A heading of a register's sheet: what stands under it, its other spellings, whether it must be there."""

    heading: str
    note: str
    aliases: tuple[str, ...]
    required: bool


def list_headings(kind: str) -> list[SheetHeading]:
    """Every heading, in the order of the sheet."""
    sheet = kinds.register(kind).sheet
    keys = {name for key in sheet.keys for name in key}
    return [
        SheetHeading(one.header, workbooks.NOTES[one.kind], one.aliases, one.required or one.field in keys)
        for one in sheet.columns
    ]


def list_titles() -> list[tuple[str, str]]:
    """Kind and title of each register's sheet."""
    return [(kind, kinds.register(kind).sheet.title) for kind in kinds.kinds()]


def _cell(value: object, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = next((label for label, stored in column.choices.items() if stored == value), str(value))
    return mask_text(text, column.kind) if column.personal or column.kind in {Kind.PHONE, Kind.IDENTITY} else text


def build_marked_workbook(
    *, kind: str, enterprise: str, incoming: uploads.Incoming, words: Words, actor: Actor
) -> bytes:
    """Return the workbook, of which nothing is kept.

    ``role_missing``, ``file_empty``, and what `write_error_workbook` raises.
    ``sheet_too_large``, ``sheet_faults_many``: an answer cannot wait for it; a page leaves such a one to the worker.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with (
        uploads.temporary_upload(incoming) as (_place, sheet),
        tempfile.TemporaryDirectory(prefix="nianjian-marked-") as name,
    ):
        require_small(sheet)
        target = Path(name) / "marked.xlsx"
        write_error_workbook(kind, sheet, target, words, enterprise=enterprise, most=MARKED)
        return target.read_bytes()


def get_marked_workbook_path(*, kind: str, enterprise: str, job: str, actor: Actor) -> Path:
    """Where the workbook lies that one's own check by the worker has left; it goes with what was sent.

    ``role_missing``; ``job_unknown`` for work that is no such check, or somebody else's; ``marked_sheet_missing``
    before it is done, of a sound sheet, and after its time.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    job_value = queue.job(job)
    mine = job_value.enterprise == enterprise and job_value.requested_by == str(actor)
    if not mine or job_value.kind != flow.CHECK_REGISTER or job_value.payload["kind"] != kind:
        raise NianjianError("job_unknown", job=job)
    path = error_workbook_path(Path(str(job_value.payload["file"])))
    if job_value.state != Job.DONE or not path.is_file():
        raise NianjianError("marked_sheet_missing", job=job, days=drafts.KEPT.days)
    return path
