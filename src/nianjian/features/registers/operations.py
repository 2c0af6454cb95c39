"""Registers as a whole: how they stand, and their lists taken along."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.registers import NAMES
from nianjian.engines.paper.words import words
from nianjian.engines.rules.rulebook import FIRST_DAY
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission, team_of
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import kinds, queries, storage, workbooks
from nianjian.platform.registers.filters import RowFilter
from nianjian.platform.registers.queries import AHEAD, ReadScope, RegisterState, get_register_state
from nianjian.platform.registers.versions import Version
from nianjian.platform.rulebook.deadlines import RENEWALS
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.vault import blobs


def list_states(enterprise: Enterprise, sight: ReadScope) -> list[RegisterState]:
    """Return a state a register that the reader may see, in the order of the contract."""
    seen = [kind for kind in kinds.kinds() if sight.sees(kind)]
    notice: dict[str, int] = {}
    if RENEWALS.keys() & seen:
        day = max(sight.day, FIRST_DAY)
        book = rulebook(day=day, province=enterprise.province or None, enterprise=enterprise.code)
        notice = {kind: book.integer(key) for kind, key in RENEWALS.items()}
    return [get_register_state(kind, sight, notice.get(kind, AHEAD)) for kind in seen]


FORMS: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
DIRECT: Final = 1_000  # rows that a request may write itself; more are work for the worker


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A list that somebody wants as a file; ``filters``: what the door asked for, name -> as a person reads it."""

    kind: str
    sight: ReadScope
    row_filter: RowFilter
    filters: Mapping[str, str]
    form: str
    full: bool
    language: str


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to give away, with ``rows`` in it."""

    name: str
    media: str
    content: bytes
    rows: int

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


def export_register(spec: ExportRequest, *, actor: Actor) -> ExportFile:
    """Write the rows that are found as xlsx or CSV, at once; ``register_export_long`` for more than `DIRECT`.

    ``role_missing``, ``export_form_unknown``, ``register_export_too_large``, and those of `registers.filters`.
    """
    count = count_export_rows(spec, actor)
    if count > DIRECT:
        raise NianjianError("register_export_long", rows=count, most=DIRECT)
    file = build_export_file(spec, count, actor)
    record_export(spec, count, file.sha256, actor)
    return file


def count_export_rows(spec: ExportRequest, actor: Actor) -> int:
    """How many rows the file would have; what `export_register` raises."""
    require_permission(actor, spec.sight.enterprise, Permission.VIEW_UNMASKED if spec.full else Permission.READ_OWN)
    if spec.form not in FORMS:
        raise NianjianError("export_form_unknown", form=spec.form, forms=", ".join(FORMS))
    rows = queries.filter_rows(spec.kind, spec.sight, spec.row_filter)
    count = rows.order_by()[: workbooks.MOST + 1].count()
    if count > workbooks.MOST:
        raise NianjianError("register_export_too_large", most=workbooks.MOST)
    return count


def build_export_file(spec: ExportRequest, count: int, actor: Actor, progress: Progress = silent) -> ExportFile:
    """Write the file of ``count`` rows; what ``progress`` raises ends it."""
    sheet, sight, form = kinds.register(spec.kind).sheet, spec.sight, spec.form
    rows = _with_progress(queries.stream_rows(spec.kind, sight, spec.row_filter), spec.kind, count, progress)
    if form == "csv":
        content = workbooks.write_csv(sheet, rows, full=spec.full)
    else:
        content = workbooks.write_workbook(sheet, rows, _describe_export(spec, count, actor), full=spec.full)
    return ExportFile(f"{sight.enterprise}-{spec.kind}-{sight.day}.{form}", FORMS[form], content, count)


def record_export(spec: ExportRequest, count: int, sha256: str, actor: Actor) -> None:
    """Write into the chain that the file is given away."""
    storage.record_export(
        kind=spec.kind, enterprise=spec.sight.enterprise, day=spec.sight.day, count=count, full=spec.full,
        sha256=sha256, filters=list(spec.filters), actor=actor,
    )  # fmt: skip


def _with_progress(rows: Iterable[Version], kind: str, count: int, progress: Progress) -> Iterator[Version]:
    for done, row in enumerate(rows):
        if done % queries.CHUNK == 0:
            progress(kind, done, count)
        yield row


def _describe_export(spec: ExportRequest, count: int, actor: Actor) -> list[tuple[str, str]]:
    """Say whose the list is, of which day and rows, who took it out and when."""
    _ = words(spec.language)
    called, sight = _(NAMES[spec.kind]), spec.sight
    return [
        (_("Enterprise"), f"{accounts.enterprise(sight.enterprise).name} ({sight.enterprise})"),
        (_("Register"), called[:1].upper() + called[1:]),
        (_("As at"), sight.day.isoformat()),
        (_("Filter"), "; ".join(spec.filters.values()) or _("none")),
        (_("Rows"), str(count)),
        (_("Exported by"), str(actor)),
        (_("Exported at"), f"{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"),
        (_("Personal data"), _("in full") if spec.full else _("masked")),
    ]


RETENTION: Final = timedelta(days=7)
REQUEST: Final = "asked"  # what was looked for, in the payload

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredExport:
    """The file that a job has made, as its result: ``blob`` is where it lies until it is deleted."""

    name: str
    media: str
    rows: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that is given away; it comes in pieces."""

    name: str
    media: str
    content: Iterator[bytes]


def enqueue_export(spec: ExportRequest, *, actor: Actor) -> str:
    """Put the making of the file; its job, or the same one that waits or runs. Raises what `count_export_rows` does."""
    enterprise = spec.sight.enterprise
    count_export_rows(spec, actor)
    document = {
        "kind": spec.kind, "day": spec.sight.day, "team": spec.sight.team, "wanted": asdict(spec.row_filter),
        "filters": dict(spec.filters), "form": spec.form, "full": spec.full, "language": spec.language,
    }  # fmt: skip
    # As one text: databases keep the order of nothing else.
    payload = {"kind": spec.kind, "by": str(actor), REQUEST: to_json(document)}
    return flow.enqueue_once(kind=flow.TAKE_REGISTER, enterprise=enterprise, payload=payload, actor=actor)


def run_export(*, enterprise: str, payload: Mapping[str, object], actor: Actor, progress: Progress) -> StoredExport:
    """Do what `enqueue_export` has put; where the file lies. The chain tells of it when it is fetched."""
    spec = _decode_request(str(payload[REQUEST]), enterprise)
    _require_scope(spec, actor)
    file = build_export_file(spec, count_export_rows(spec, actor), actor, progress)
    return StoredExport(file.name, file.media, file.rows, file.sha256, blobs.put(file.content).id)


def open_export(*, kind: str, enterprise: str, job: str, actor: Actor) -> ListFile:
    """The file that one's own job has made; the entry stands in the chain before it is given.

    ``role_missing``, also where the values are in full and the person may no longer see them so; ``job_unknown`` for
    other work, or somebody else's; ``register_file_gone`` before it is done and after its time.
    """
    require_permission(actor, enterprise, Permission.READ_OWN)
    export_job = queue.job(job)
    mine = export_job.enterprise == enterprise and export_job.requested_by == str(actor)
    if not mine or export_job.kind != flow.TAKE_REGISTER or export_job.payload["kind"] != kind:
        raise NianjianError("job_unknown", job=job)
    if "blob" not in export_job.result:
        raise NianjianError("register_file_gone", job=job, days=RETENTION.days)
    spec = _decode_request(str(export_job.payload[REQUEST]), enterprise)
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED if spec.full else Permission.READ_OWN)
    _require_scope(spec, actor)
    file = msgspec.convert(export_job.result, StoredExport)
    content = blobs.read(file.blob)
    record_export(spec, file.rows, file.sha256, actor)
    return ListFile(file.name, file.media, content)


def delete_expired_exports() -> int:
    """Delete files made over `RETENTION` ago, and what was looked for, whatever came of the work. How many works."""
    old = queue.over_before(flow.TAKE_REGISTER, clock.now() - RETENTION, REQUEST)
    for one in old:
        if "blob" in one.result:
            flow.discard_file(one, "blob")
        queue_service.forget(job=one.id, name=REQUEST)
    return len(old)


def _require_scope(spec: ExportRequest, actor: Actor) -> None:
    """``role_missing`` where the rows are no more those that this person sees: of another team, or of all."""
    team = team_of(actor, spec.sight.enterprise)
    if team is not None and team != spec.sight.team:
        require_permission(actor, spec.sight.enterprise, Permission.READ)


def _decode_request(text: str, enterprise: str) -> ExportRequest:
    document: Json = json.loads(text)
    query: Json = document.pop("wanted")
    for side in ("first", "last"):
        query[side] = {name: date.fromisoformat(day) for name, day in query[side].items()}
    sight = ReadScope(enterprise, date.fromisoformat(document.pop("day")), document.pop("team"))
    return ExportRequest(sight=sight, row_filter=RowFilter(**query), **document)
