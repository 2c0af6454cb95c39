"""Runs as people use them: lists, decisions, the correction sheet, new runs as work, and a look at a file before.

An export that waits for the worker lies sealed in the vault: it names persons.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import reconciliation as paper
from nianjian.engines.paper.words import mark
from nianjian.features.complaints.forwards import ListPreview, list_columns
from nianjian.features.reconciliation import comparisons, exports, queries, states, storage
from nianjian.features.reconciliation.comparisons import Grounds, Json, summarize_run
from nianjian.features.reconciliation.exports import check_mapping, parse_mapping
from nianjian.features.reconciliation.filings import KINDS
from nianjian.features.reconciliation.models import Difference, Proposal, Run
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.features.reconciliation.sources import BILL
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import OptionalDay
from nianjian.platform.operations.operation import Body, Job, Resource, operation
from nianjian.platform.registers import mappings
from nianjian.platform.registers.columns import Kind, Sheet, mask_text
from nianjian.platform.registers.sheet_reader import read_beginning
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs


def _read_runs(enterprise: str, actor: Actor, keys: Sequence[str]) -> list[Json]:
    grounds = Grounds.of(enterprise, actor, Act.READ)
    return [summarize_run(run, grounds) for run in queries.list_runs(enterprise).filter(pk__in=keys)]


RUNS: Final = Resource(
    name="reconciliation",
    plural="reconciliations",
    path="/enterprises/{code}/reconciliations",
    read=_read_runs,
    missing=lambda key: NianjianError("reconcile_run_unknown", run=key),
    document=dict,
    schema=dict,
    row=dict,
    key_of=str,
    key_help=mark("the reconciliation"),
)


def get_visible_run(run: str, actor: Actor, act: Act = Act.READ) -> Run:
    """A run that the actor may see; ``reconcile_run_unknown``, also for whom its enterprise does not concern."""
    found = queries.get_run(run)
    try:
        require(actor, found.enterprise_id, Act.READ)
    except NianjianError as refused:
        raise NianjianError("reconcile_run_unknown", run=run) from refused
    require(actor, found.enterprise_id, act)
    return found


def list_runs(*, enterprise: str, actor: Actor, first: int = 0, count: int = 50, kind: str = "") -> list[Json]:
    """Runs, newest first, ``count`` from the ``first`` on; ``role_missing``, ``enterprise_unknown``."""
    grounds = Grounds.of(enterprise, actor, Act.READ)
    found = list(queries.list_runs(enterprise, kind)[first : first + count])
    still = queries.count_open([one.pk for one in found])
    return [summarize_run(one, grounds, still.get(one.pk, 0)) for one in found]


def get_run(*, run: str, actor: Actor) -> Json:
    """A run with its figures, without its rows; ``reconcile_run_unknown``."""
    found = get_visible_run(run, actor)
    grounds = Grounds.of(found.enterprise_id, actor, Act.READ)
    by_state = queries.count_by_state(found)
    told = {name: value for name, value in dict(found.told).items() if name != "unclear"}
    return {
        **summarize_run(found, grounds, by_state[states.OPEN]),
        "enterprise": found.enterprise_id,
        "states": by_state,
        "told": told,
    }


def list_differences(
    *, run: str, wanted: DifferenceFilter, actor: Actor, first: int = 0, count: int = 50
) -> list[Json]:
    """A part of a run's differences, values of persons masked; ``reconcile_run_unknown``."""
    found = get_visible_run(run, actor)
    return [
        to_difference_document(found, one) for one in queries.list_differences(found, wanted)[first : first + count]
    ]


def get_difference(*, run: str, difference: int, actor: Actor) -> Json:
    """One difference; ``reconcile_run_unknown``, ``reconcile_difference_unknown``."""
    found = get_visible_run(run, actor)
    return to_difference_document(found, queries.get_difference(found, difference))


def to_difference_document(run: Run, one: Difference) -> Json:
    """A difference as a door may show it."""
    return {
        "id": one.pk,
        "about": _about(run, one),
        "month": one.month or None,
        "result": one.result,
        "likely": one.likely or None,
        "reasons": list(one.reasons),
        "fields": _fields(run, one),
        "changed_on": _iso(one.changed_on),
        "due": _iso(one.due),
        "provisional": one.provisional,
        "late": one.state == states.OPEN and one.due is not None and one.due < clock.today(),
        "state": one.state,
        "owner": one.owner,
        "cause": one.cause,
        "action": one.action,
        "decided_by": one.decided_by or None,
        "decided_at": None if one.decided_at is None else one.decided_at.isoformat(timespec="seconds"),
    }


def _about(run: Run, one: Difference) -> Json:
    label = queries.read_label(one)
    if run.kind != "people":
        return dict(label)
    return {
        "name": _mask(label.get("name", ""), Kind.TEXT),
        "identity": _mask(label.get("identity", ""), Kind.IDENTITY),
        "seat": label.get("seat") or None,
    }


def _fields(run: Run, one: Difference) -> Json:
    fields = queries.read_fields(one)
    if run.kind in KINDS:
        return comparisons.mask_fields(fields, comparisons.get_sheet(run.kind))
    return {name: _source_counts(*told) for name, told in fields.items()}


def _source_counts(calls: str, answered: str, minutes: str = "") -> Json:
    """What a source tells; a run of before bills were compared tells no minutes."""
    return {"calls": int(calls), "answered": int(answered) if answered else None, "minutes": minutes or None}


def _mask(text: str, kind: Kind) -> str | None:
    return mask_text(text, kind) if text else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def settle_difference(*, run: str, difference: int, state: str, said: dict[str, str], actor: Actor) -> Json:
    """Write what becomes of a difference; ``role_missing``, and what `service.settle` raises."""
    found = get_visible_run(run, actor, Act.LOAD)
    row = storage.settle_difference(
        difference=queries.get_difference(found, difference), state=state, said=said, actor=actor
    )
    return to_difference_document(found, row)


def list_pairs(*, run: str, actor: Actor, state: str = "", first: int = 0, count: int = 50) -> list[Json]:
    """A part of a run's pairs, the likeliest first, masked; ``reconcile_run_unknown``."""
    found = get_visible_run(run, actor)
    return [to_pair_document(one) for one in queries.list_proposals(found, state)[first : first + count]]


def to_pair_document(one: Proposal) -> Json:
    """A pair as a door may show it."""
    held = queries.read_pair(one)
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": _mask(held.get("name", ""), Kind.TEXT),
        "account": _mask(held.get("account", ""), Kind.CODE),
        "written": _mask(held.get("written", ""), Kind.IDENTITY),
        "person": _mask(held.get("person", ""), Kind.TEXT),
        "identity": _mask(held.get("identity", ""), Kind.IDENTITY),
        "likeness": one.likeness,
        "state": one.state,
        "decided_by": one.decided_by or None,
    }


def reveal_values(*, run: str, actor: Actor, difference: int | None = None, proposal: int | None = None) -> Json:
    """Whom one difference or pair is about, in full; the audit chain tells who looked.

    ``role_missing``, ``reconcile_difference_unknown``, ``reconcile_proposal_unknown``.
    """
    found = get_visible_run(run, actor, Act.REVEAL)
    if proposal is not None:
        held: Json = dict(queries.read_pair(queries.get_proposal(found, proposal)))
        looked: Json = {"proposal": proposal}
    else:
        row = queries.get_difference(found, difference or 0)
        fields = {
            name: dict(zip(("ours", "theirs"), pair, strict=False)) for name, pair in queries.read_fields(row).items()
        }
        held = {
            "about": dict(queries.read_label(row)),
            "fields": fields if found.kind in KINDS else _fields(found, row),
        }
        looked = {"difference": row.pk}
    storage.record_read(verb="reconcile.reveal", run=found, data=looked, actor=actor)
    return held


def decide_pair(*, run: str, proposal: int, confirmed: bool, actor: Actor) -> Json:
    """Confirm or dismiss a pair; ``role_missing``, and what `service.decide` raises."""
    found = get_visible_run(run, actor, Act.LOAD)
    return to_pair_document(
        storage.decide_proposal(proposal=queries.get_proposal(found, proposal), confirmed=confirmed, actor=actor)
    )


def build_correction_sheet(*, run: str, language: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the correction sheet (xlsx): what is still to be filed, with owner, action and last day.

    Values of persons are masked. ``reconcile_run_unknown``, ``role_missing``, ``reconcile_no_sheet``.
    """
    found = get_visible_run(run, actor, Act.REPORT)
    if found.kind not in KINDS:
        raise NianjianError("reconcile_no_sheet", kind=found.kind)
    rows = queries.list_differences(found).exclude(state=states.SETTLED).iterator(chunk_size=500)
    lines: Sequence[Json] = [to_difference_document(found, one) for one in rows]
    grounds = Grounds.of(found.enterprise_id, actor, Act.REPORT)
    about: Json = {**summarize_run(found, grounds), "enterprise": grounds.name}
    headers = {column.field: column.header for column in comparisons.get_sheet(found.kind).columns}
    content = paper.correction_workbook(about, lines, headers, language)
    storage.record_read(verb="reconcile.sheet", run=found, data={"rows": len(lines)}, actor=actor)
    return f"{found.kind}-{found.as_of.isoformat()}-{found.pk}.xlsx", content


LIMIT: Final = 20 * 1024 * 1024  # bytes of an export
RETENTION: Final = timedelta(days=7)
HOLDING: Final = (flow.RECONCILE_FILING, flow.RECONCILE_SOURCES)  # work that holds a file
FILE_FIELD: Final = "list"  # how payload names the sealed export
BULK: Final = ("rows", "by_day", "matrix")  # what a job's result leaves to the run itself


def enqueue_filing(
    *,
    enterprise: str,
    kind: str,
    name: str,
    content: bytes,
    mapping: bytes | None,
    as_of: date | None,
    actor: Actor,
) -> str:
    """Put a comparison with an export; its job.

    ``role_missing``, ``reconcile_kind_unknown``, ``reconcile_day_wrong``, ``file_empty``, ``file_too_large``, and what
    `mapping.parsed` and `mapping.checked` raise.
    """
    require(actor, enterprise, flow.NEEDS[flow.RECONCILE_FILING])
    comparisons.get_sheet(kind)
    check_size(name, content)
    if mapping is not None:
        check_mapping(parse_mapping(mapping, "mapping"), exports.SHEETS[kind], exports.SHEETS, "mapping")
    day = None if as_of is None else comparisons.check_day(as_of).isoformat()
    given = {"name": plain_name(name), "kind": kind, "as_of": day}
    return _enqueue_file(flow.RECONCILE_FILING, enterprise, content, mapping, given, actor)


def _settle_months(*, enterprise: str, first: date | None, last: date | None) -> dict[str, date]:
    """The first and the last month; ``reconcile_months_wrong``."""
    del enterprise
    months = comparisons.month_span(first, last)
    return {"first": months[0], "last": months[-1]}


@operation(
    "reconcile.people", on=RUNS, permission=Act.REPORT, path="/people",
    body=Body("MonthsAsked", "Months, each named by a day in it; January to last month where they are absent."),
    job=Job(kind=flow.RECONCILE_PEOPLE, repeatable=True, check=_settle_months),
)  # fmt: skip
def match_people(
    *, enterprise: str, actor: Actor, first: OptionalDay = None, last: OptionalDay = None, progress: Progress = silent
) -> Json:
    """Match seats, social insurance and wages of each person and month."""
    found = comparisons.match_people(enterprise=enterprise, first=first, last=last, actor=actor, progress=progress)
    return summarize_result(found)


def enqueue_sources(
    *,
    enterprise: str,
    first: date | None,
    last: date | None,
    only: tuple[str, ...],
    actor: Actor,
    beside: tuple[str, ...] = (),
    together: bool = False,
) -> str:
    """Put a comparison of call sources; its job. ``role_missing``, ``reconcile_days_wrong``."""
    begin, end = comparisons.day_span(first, last)
    given = {
        "first": begin.isoformat(),
        "last": end.isoformat(),
        "only": list(only),
        "beside": list(beside),
        "together": together,
    }
    return flow.enqueue_once(kind=flow.RECONCILE_SOURCES, enterprise=enterprise, payload=given, actor=actor)


def enqueue_bill(
    *,
    enterprise: str,
    name: str,
    content: bytes,
    mapping: bytes | None,
    first: date | None,
    last: date | None,
    carrier: str,
    together: bool,
    actor: Actor,
) -> str:
    """Put a comparison of the call sources with a carrier's bill; its job.

    ``role_missing``, ``file_empty``, ``file_too_large``, and what `bills.mapping` raises.
    """
    require(actor, enterprise, flow.NEEDS[flow.RECONCILE_SOURCES])
    check_size(name, content)
    comparisons.load_bill_mapping(mapping)
    given: dict[str, object] = {
        "name": plain_name(name),
        "first": None if first is None else first.isoformat(),
        "last": None if last is None else last.isoformat(),
        "carrier": carrier,
        "together": together,
    }
    return _enqueue_file(flow.RECONCILE_SOURCES, enterprise, content, mapping, given, actor)


def check_size(name: str, content: bytes) -> None:
    """``file_empty``, ``file_too_large``."""
    if not content:
        raise NianjianError("file_empty", file=name)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)


def _enqueue_file(  # noqa: PLR0917 -- one step of both who ask
    kind: str, enterprise: str, content: bytes, mapping: bytes | None, given: Mapping[str, object], actor: Actor
) -> str:
    """Seal the file and put the job; without a job no file stays."""
    blob = blobs.put(content)
    held = {FILE_FIELD: blob.id, **given, "mapping": None if mapping is None else mapping.decode("utf-8-sig")}
    try:
        return flow.enqueue(kind=kind, enterprise=enterprise, payload=held, actor=actor)
    except BaseException:
        blobs.remove(blob.id)
        raise


def run_bill_job(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_bill` has put; the run in one line."""
    with _open_sealed(given) as path:
        found = comparisons.compare_call_sources(
            enterprise=enterprise,
            first=_day(given.get("first")),
            last=_day(given.get("last")),
            against=comparisons.BillInput(
                (path,), _mapping(given), str(given.get("carrier") or ""), bool(given.get("together"))
            ),
            actor=actor,
            progress=progress,
        )
    return summarize_result(found)


def run_filing_job(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_filing` has put; the run in one line."""
    with _open_sealed(given) as path:
        found = comparisons.compare_filing(
            enterprise=enterprise,
            kind=str(given["kind"]),
            path=path,
            actor=actor,
            mapping=_mapping(given),
            as_of=_day(given.get("as_of")),
            progress=progress,
        )
    return summarize_result(found)


@contextmanager
def _open_sealed(given: Mapping[str, Any]) -> Iterator[Path]:
    """The sealed file under its own name."""
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / str(given["name"])
        path.write_bytes(blobs.get(str(given[FILE_FIELD])))
        yield path


def _mapping(given: Mapping[str, Any]) -> bytes | None:
    text = given.get("mapping")
    return None if text is None else str(text).encode()


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))


def summarize_result(found: Json) -> Json:
    """What a job tells of a run: its figures, no rows."""
    return {name: value for name, value in found.items() if name not in BULK}


def discard_file(job: str, blob: str) -> None:
    """Delete the export of a job that is over; the file first, so that a row names it to the end."""
    blobs.remove(blob)
    queue_service.forget(job=job, name=FILE_FIELD)


def delete_expired_files() -> int:
    """Delete exports and bills whose comparison was stopped or failed; how many."""
    before = clock.now() - RETENTION
    old = [one for kind in HOLDING for one in queue.over_before(kind, before, FILE_FIELD)]
    for one in old:
        discard_file(one.id, str(one.payload[FILE_FIELD]))
    return len(old)


HEADINGS: Final = frozenset({"header_missing", "column_missing", "column_twice"})  # a mapping is what helps


def get_preview_sheet(kind: str) -> Sheet:
    """What is known of a bill, or of an export; ``reconcile_kind_unknown``."""
    if kind == BILL:
        return exports.SHEET
    comparisons.get_sheet(kind)
    return exports.SHEETS[kind]


def preview_file(
    *, enterprise: str, kind: str, name: str, content: bytes, mapping: bytes | None, actor: Actor
) -> ListPreview:
    """What the columns are and whether every cell could be read so; ``kind``: of an export, or `BILL`.

    ``role_missing``, ``enterprise_unknown``, ``reconcile_kind_unknown``, ``file_empty``, ``file_too_large``,
    ``mapping_invalid``, and what `sheet_reader.read_beginning` raises: it is no table at all then.
    """
    require(actor, enterprise, Act.REPORT)
    accounts.enterprise(enterprise)
    check_size(name, content)
    sheet = get_preview_sheet(kind)
    given = comparisons.load_bill_mapping(mapping) if kind == BILL else None
    chosen = comparisons.load_export_mapping(mapping, kind) if given is None else given.export
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        found = read_beginning(path, exports.apply_mapping(sheet, chosen))
        columns = list_columns(found, exports.apply_mapping(sheet, chosen))
        fault, read = None, len(found.lines)
        try:
            if given is not None:
                exports.load_bill(path, given)
            else:
                read = len(exports.load_export(path, kind, chosen).rows)
        except NianjianError as wrong:
            fault = wrong
    return ListPreview(found.file, found.sheet, found.encoding, columns, fault, read, 0, (), 0)


def list_mappings(enterprise: str, kind: str) -> list[str]:
    """Names under which mappings of this kind were kept."""
    return mappings.list_mapping_names(enterprise, kind)


def get_mapping(enterprise: str, kind: str, name: str) -> dict[str, object]:
    """One of them; ``mapping_unknown``."""
    return {
        key: value for key, value in mappings.get_mapping(enterprise, name, kind).items() if key != mappings.PURPOSE
    }


def store_mapping(*, enterprise: str, kind: str, name: str, mapping: bytes, actor: Actor) -> None:
    """Keep a mapping under a name; ``role_missing``, ``mapping_name_malformed``, ``mapping_name_taken``.

    ``mapping_invalid`` for one that no file could be read by.
    """
    if kind == BILL:
        comparisons.load_bill_mapping(mapping)
    else:
        comparisons.load_export_mapping(mapping, kind)
    data = parse_mapping(mapping, name)
    mappings.save_mapping(enterprise=enterprise, name=name, data=data, purpose=kind, actor=actor)
