"""Runs as people use them: lists, decisions, the correction sheet, new runs as work, and a look at a file before.

An export that waits for the worker lies sealed in the vault: it names persons.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import require_size
from nianjian.engines.paper import reconciliation as paper
from nianjian.engines.paper.words import mark
from nianjian.features.complaints.forwards import ListPreview, list_columns
from nianjian.features.reconciliation import comparisons, exports, queries, states, storage
from nianjian.features.reconciliation.comparisons import BillInput, Grounds, summarize_run
from nianjian.features.reconciliation.documents import (
    CallComparison,
    Comparison,
    Json,
    ReconcileDifference,
    ReconcilePair,
    ReconcileRevealed,
    Reconciliation,
    ReconciliationTold,
    Sides,
    list_values,
    run_to_row,
)
from nianjian.features.reconciliation.exports import parse_mapping
from nianjian.features.reconciliation.filings import KINDS
from nianjian.features.reconciliation.models import Difference, Proposal, Run
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.features.reconciliation.sources import BILL
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import folders
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import Flag, Limits, Lines, OptionalDay
from nianjian.platform.operations.operation import Body, Job, Resource, operation
from nianjian.platform.registers import mappings
from nianjian.platform.registers.columns import Kind, Sheet, mask_text
from nianjian.platform.registers.sheet_reader import read_beginning
from nianjian.platform.registers.uploads import plain_name


def _read_runs(enterprise: str, actor: Actor, keys: Sequence[str]) -> list[Reconciliation]:
    grounds = Grounds.of(enterprise, actor, Permission.READ)
    return [summarize_run(run, grounds) for run in queries.list_runs(enterprise).filter(pk__in=keys)]


RUNS: Final = Resource(
    name="reconciliation",
    plural="reconciliations",
    path="/enterprises/{code}/reconciliations",
    read=_read_runs,
    missing=lambda key: NianjianError("reconcile_run_unknown", run=key),
    document=lambda run: run,
    schema=Reconciliation,
    row=run_to_row,
    key_of=str,
    key_help=mark("the reconciliation"),
)


PERSON: Final = {"name": Kind.TEXT, "identity": Kind.IDENTITY}
PAIR: Final = {
    "name": Kind.TEXT, "account": Kind.CODE, "written": Kind.IDENTITY, "person": Kind.TEXT, "identity": Kind.IDENTITY,
}  # fmt: skip


def get_visible_run(run: str, actor: Actor, act: Permission = Permission.READ) -> Run:
    """A run that the actor may see; ``reconcile_run_unknown``, also for whom its enterprise does not concern."""
    run_row = queries.get_run(run)
    try:
        require_permission(actor, run_row.enterprise_id, Permission.READ)
    except NianjianError as refused:
        raise NianjianError("reconcile_run_unknown", run=run) from refused
    require_permission(actor, run_row.enterprise_id, act)
    return run_row


def list_runs(
    *, enterprise: str, actor: Actor, first: int = 0, count: int = 50, kind: str = ""
) -> list[Reconciliation]:
    """Runs, newest first, ``count`` from the ``first`` on; ``role_missing``, ``enterprise_unknown``."""
    grounds = Grounds.of(enterprise, actor, Permission.READ)
    runs = list(queries.list_runs(enterprise, kind)[first : first + count])
    still = queries.count_open([one.pk for one in runs])
    return [summarize_run(one, grounds, still.get(one.pk, 0)) for one in runs]


def get_run(*, run: str, actor: Actor) -> ReconciliationTold:
    """A run with its figures, without its rows; ``reconcile_run_unknown``."""
    run_row = get_visible_run(run, actor)
    by_state = queries.count_by_state(run_row)
    summary = summarize_run(run_row, Grounds.of(run_row.enterprise_id, actor, Permission.READ), by_state[states.OPEN])
    figures = {name: value for name, value in run_row.told.items() if name not in {"unclear", "ahead"}}
    return ReconciliationTold(**list_values(summary), enterprise=run_row.enterprise_id, states=by_state, told=figures)


def list_differences(
    *, run: str, filters: DifferenceFilter, actor: Actor, first: int = 0, count: int = 50
) -> list[ReconcileDifference]:
    """A part of a run's differences, values of persons masked; ``reconcile_run_unknown``."""
    run_row = get_visible_run(run, actor)
    rows = queries.list_differences(run_row, filters)[first : first + count]
    return [to_difference_document(run_row, one) for one in rows]


def get_difference(*, run: str, difference: int, actor: Actor) -> ReconcileDifference:
    """One difference; ``reconcile_run_unknown``, ``reconcile_difference_unknown``."""
    run_row = get_visible_run(run, actor)
    return to_difference_document(run_row, queries.get_difference(run_row, difference))


def to_difference_document(run: Run, one: Difference) -> ReconcileDifference:
    """A difference as a door may show it."""
    return ReconcileDifference(
        id=one.pk,
        about=_about(run, one),
        month=one.month or None,
        result=one.result,
        likely=one.likely or None,
        reasons=list(one.reasons),
        fields=_fields(run, one),
        changed_on=one.changed_on,
        due=one.due,
        provisional=one.provisional,
        late=one.state == states.OPEN and one.due is not None and one.due < clock.today(),
        state=one.state,
        owner=one.owner,
        cause=one.cause,
        action=one.action,
        decided_by=one.decided_by or None,
        decided_at=None if one.decided_at is None else one.decided_at.isoformat(timespec="seconds"),
    )


def _about(run: Run, one: Difference) -> dict[str, str | None]:
    label = queries.read_label(one)
    if run.kind != Run.PEOPLE:
        return dict(label)
    return {**_mask_values(label, PERSON), "seat": label.get("seat") or None}


def _fields(run: Run, one: Difference) -> Sides:
    fields = queries.read_fields(one)
    if run.kind in KINDS:
        return comparisons.mask_fields(fields, comparisons.get_sheet(run.kind))
    return {name: _source_counts(*counts) for name, counts in fields.items()}


def _source_counts(calls: str, answered: str, minutes: str = "") -> dict[str, str | int | None]:
    """What a source tells; a run of before bills were compared tells no minutes."""
    return {"calls": int(calls), "answered": int(answered) if answered else None, "minutes": minutes or None}


def _mask_values(values: Mapping[str, str], kinds: Mapping[str, Kind]) -> dict[str, str | None]:
    return {name: mask_text(text, kind) if (text := values.get(name)) else None for name, kind in kinds.items()}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def settle_difference(
    *, run: str, difference: int, state: str, said: dict[str, str], actor: Actor
) -> ReconcileDifference:
    """Write what becomes of a difference; ``role_missing``, and what `storage` raises."""
    run_row = get_visible_run(run, actor, Permission.MANAGE_DATA)
    row = queries.get_difference(run_row, difference)
    return to_difference_document(
        run_row, storage.settle_difference(difference=row, state=state, said=said, actor=actor)
    )


def list_pairs(*, run: str, actor: Actor, state: str = "", first: int = 0, count: int = 50) -> list[ReconcilePair]:
    """A part of a run's pairs, the likeliest first, masked; ``reconcile_run_unknown``."""
    run_row = get_visible_run(run, actor)
    return [to_pair_document(one) for one in queries.list_proposals(run_row, state)[first : first + count]]


def to_pair_document(one: Proposal) -> ReconcilePair:
    """A pair as a door may show it."""
    return ReconcilePair(
        id=one.pk,
        kind=one.kind,
        **_mask_values(queries.read_pair(one), PAIR),
        likeness=one.likeness,
        state=one.state,
        decided_by=one.decided_by or None,
    )


def reveal_values(
    *, run: str, actor: Actor, difference: int | None = None, proposal: int | None = None
) -> ReconcileRevealed:
    """Whom one difference or pair is about, in full; the audit chain tells who looked.

    ``role_missing``, ``reconcile_difference_unknown``, ``reconcile_proposal_unknown``.
    """
    run_row = get_visible_run(run, actor, Permission.VIEW_UNMASKED)
    values: Json
    if proposal is not None:
        values = dict(queries.read_pair(queries.get_proposal(run_row, proposal)))
        data = {"proposal": proposal}
    else:
        row = queries.get_difference(run_row, difference or 0)
        fields = _fields(run_row, row)
        if run_row.kind in KINDS:
            fields = {
                name: {"ours": ours, "theirs": theirs} for name, (ours, theirs) in queries.read_fields(row).items()
            }
        values, data = {"about": queries.read_label(row), "fields": fields}, {"difference": row.pk}
    storage.record_read(verb="reconcile.reveal", run=run_row, data=data, actor=actor)
    return ReconcileRevealed(values)


def decide_pair(*, run: str, proposal: int, confirmed: bool, actor: Actor) -> ReconcilePair:
    """Confirm or dismiss a pair; ``role_missing``, and what `storage` raises."""
    row = queries.get_proposal(get_visible_run(run, actor, Permission.MANAGE_DATA), proposal)
    return to_pair_document(storage.decide_proposal(proposal=row, confirmed=confirmed, actor=actor))


def build_correction_sheet(*, run: str, language: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the correction sheet (xlsx): what is still to be filed, with owner, action and last day.

    Values of persons are masked. ``reconcile_run_unknown``, ``role_missing``, ``reconcile_no_sheet``.
    """
    run_row = get_visible_run(run, actor, Permission.REPORT)
    if run_row.kind not in KINDS:
        raise NianjianError("reconcile_no_sheet", kind=run_row.kind)
    rows = queries.list_differences(run_row).exclude(state=states.SETTLED).iterator(chunk_size=500)
    lines: Sequence[Json] = [to_builtins(to_difference_document(run_row, one)) for one in rows]
    grounds = Grounds.of(run_row.enterprise_id, actor, Permission.REPORT)
    about: Json = {**to_builtins(summarize_run(run_row, grounds)), "enterprise": grounds.name}
    headers = {column.field: column.header for column in comparisons.get_sheet(run_row.kind).columns}
    content = paper.correction_workbook(about, lines, headers, language)
    storage.record_read(verb="reconcile.sheet", run=run_row, data={"rows": len(lines)}, actor=actor)
    return f"{run_row.kind}-{run_row.as_of.isoformat()}-{run_row.pk}.xlsx", content


LIMIT: Final = 20 * 1024 * 1024  # bytes of an export
RETENTION: Final = timedelta(days=7)
HOLDING: Final = (flow.RECONCILE_FILING, flow.RECONCILE_SOURCES)  # work that holds a file
FILE_FIELD: Final = "list"  # how payload names the sealed export


def enqueue_filing(
    *, enterprise: str, kind: str, name: str, content: bytes, mapping: bytes | None, as_of: date | None, actor: Actor
) -> str:
    """Put a comparison with an export; its job.

    ``role_missing``, ``reconcile_kind_unknown``, ``reconcile_day_wrong``, and those of `require_size` and its mapping.
    """
    require_permission(actor, enterprise, flow.NEEDS[flow.RECONCILE_FILING])
    comparisons.get_sheet(kind)
    require_size(name, len(content), LIMIT)
    comparisons.load_export_mapping(mapping, kind)
    day = None if as_of is None else comparisons.check_day(as_of)
    payload = {"kind": kind, "as_of": _iso(day)}
    return _enqueue_file(flow.RECONCILE_FILING, enterprise, (name, content), mapping, payload, actor)


def _settle_months(*, enterprise: str, first: date | None, last: date | None) -> dict[str, date]:
    """The first and the last month; ``reconcile_months_wrong``."""
    del enterprise
    months = comparisons.month_span(first, last)
    return {"first": months[0], "last": months[-1]}


@operation(
    "reconcile.people", on=RUNS, permission=Permission.REPORT, path="/people",
    body=Body("MonthsAsked", "Months, each named by a day in it; January to last month where they are absent."),
    job=Job(kind=flow.RECONCILE_PEOPLE, repeatable=True, check=_settle_months),
)  # fmt: skip
def match_people(
    *, enterprise: str, actor: Actor, first: OptionalDay = None, last: OptionalDay = None, progress: Progress = silent
) -> Comparison:
    """Match seats, social insurance and wages of each person and month."""
    return comparisons.match_people(enterprise=enterprise, first=first, last=last, actor=actor, progress=progress)


def _settle_days(*, first: date | None, last: date | None, **_others: object) -> dict[str, date]:
    """The first and the last day; ``reconcile_days_wrong``."""
    begin, end = comparisons.day_span(first, last)
    return {"first": begin, "last": end}


@operation(
    "reconcile.sources", on=RUNS, permission=Permission.REPORT, path="/sources",
    body=Body(
        "DaysAsked",
        "Days, both included; 30 days up to yesterday where they are absent. ``sources``: these alone.\n\n"
        "``beside``: of them these are switches that share the calls, one side together; ``together``: all of them "
        "are.",
    ),
    job=Job(kind=flow.RECONCILE_SOURCES, repeatable=True, check=_settle_days),
)  # fmt: skip
def compare_sources(
    *,
    enterprise: str,
    actor: Actor,
    first: OptionalDay = None,
    last: OptionalDay = None,
    sources: Annotated[Lines, Limits(most=20)] = (),
    beside: Annotated[Lines, Limits(most=20)] = (),
    together: Flag = False,
    progress: Progress = silent,
) -> CallComparison:
    """Compare the calls that each source of records tells, by day and line."""
    return comparisons.compare_call_sources(
        enterprise=enterprise, first=first, last=last, only=tuple(sources), beside=tuple(beside),
        against=BillInput(together=together), actor=actor, progress=progress,
    )  # fmt: skip


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
    """Put a comparison with a carrier's bill; its job. ``role_missing``, and as `require_size` and of its mapping."""
    require_permission(actor, enterprise, flow.NEEDS[flow.RECONCILE_SOURCES])
    require_size(name, len(content), LIMIT)
    comparisons.load_bill_mapping(mapping)
    payload = {"first": _iso(first), "last": _iso(last), "carrier": carrier, "together": together}
    return _enqueue_file(flow.RECONCILE_SOURCES, enterprise, (name, content), mapping, payload, actor)


def _enqueue_file(  # noqa: PLR0917 -- one step of both who ask
    kind: str,
    enterprise: str,
    file: tuple[str, bytes],
    mapping: bytes | None,
    payload: Mapping[str, object],
    actor: Actor,
) -> str:
    spelling = None if mapping is None else mapping.decode("utf-8-sig")
    payload = {"name": plain_name(file[0]), **payload, "mapping": spelling}
    return flow.enqueue_file(
        kind=kind, enterprise=enterprise, name=FILE_FIELD, content=file[1], payload=payload, actor=actor
    )


def delete_expired_files() -> int:
    """Delete exports and bills whose comparison was stopped or failed; how many."""
    before = clock.now() - RETENTION
    return sum(flow.discard_expired_files(kind, before, FILE_FIELD) for kind in HOLDING)


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
    require_permission(actor, enterprise, Permission.REPORT)
    accounts.enterprise(enterprise)
    require_size(name, len(content), LIMIT)
    sheet = get_preview_sheet(kind)
    bill_mapping = comparisons.load_bill_mapping(mapping) if kind == BILL else None
    chosen = comparisons.load_export_mapping(mapping, kind) if bill_mapping is None else bill_mapping.export
    with folders.temporary_file(plain_name(name), content) as path:
        mapped = exports.apply_mapping(sheet, chosen)
        table = read_beginning(path, mapped)
        columns = list_columns(table, mapped)
        fault, read = None, len(table.lines)
        try:
            if bill_mapping is not None:
                exports.load_bill(path, bill_mapping)
            else:
                read = len(exports.load_export(path, kind, chosen).rows)
        except NianjianError as wrong:
            fault = wrong
    return ListPreview(table.file, table.sheet, table.encoding, columns, fault, read)


def get_mapping(enterprise: str, kind: str, name: str) -> dict[str, object]:
    """One of the mappings of a kind; ``mapping_unknown``."""
    data = mappings.get_mapping(enterprise, name, kind)
    return {key: value for key, value in data.items() if key != mappings.PURPOSE}


def store_mapping(*, enterprise: str, kind: str, name: str, mapping: bytes, actor: Actor) -> None:
    """Keep a mapping; ``role_missing``, ``mapping_name_malformed``, ``mapping_name_taken``, ``mapping_invalid``."""
    if kind == BILL:
        comparisons.load_bill_mapping(mapping)
    else:
        comparisons.load_export_mapping(mapping, kind)
    data = parse_mapping(mapping, name)
    mappings.save_mapping(enterprise=enterprise, name=name, data=data, purpose=kind, actor=actor)
