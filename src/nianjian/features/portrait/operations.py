"""What people do with portraits: compute one, compare runs, list the rows behind a figure, try a step, export."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import ibis
import ibis.expr.types as ir
from django.db import transaction

from nianjian.engines.kernel import clock, identifiers, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import drill_down, revive
from nianjian.engines.metrics.compare import compare
from nianjian.engines.metrics.drill_down import (
    CALLS,
    SPLITS,
    Cut,
    RowQuery,
    expected_count,
    find_figures,
    in_order,
    kind_of,
)
from nianjian.engines.metrics.frame import DAY, Basis, Frame
from nianjian.engines.metrics.metric import WATCH_FACTOR
from nianjian.engines.metrics.result import Result, plain
from nianjian.engines.metrics.run import QUIET, default_day, run
from nianjian.engines.metrics.simulate import Moves, maxima, needs, simulate
from nianjian.engines.metrics.tables import complaint_match, tickets, tickets_rollup
from nianjian.engines.paper.figures import AHEAD
from nianjian.engines.paper.people import mask_call_text, mask_moves
from nianjian.engines.paper.pictures import portrait_page
from nianjian.engines.paper.portrait_pdf import Stamp, first_page_png, portrait_pdf
from nianjian.engines.paper.workbook import portrait_workbook
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.complaints.publishing import publish_facts
from nianjian.features.portrait import bases, causes, line_usage, portraits, watch_list
from nianjian.features.portrait.documents import ComparedRun, Numbers, RunComparison, Simulated
from nianjian.features.portrait.marketing import read_marketing_register
from nianjian.features.portrait.models import BasisChoice
from nianjian.features.portrait.watch_list import WatchedLicence
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission, team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.operations.fields import Choice, Limits, Line, Number, Param, Text
from nianjian.platform.operations.operation import Answer, Area, Body, operation
from nianjian.platform.registers.declarations import list_declarations
from nianjian.platform.rulebook.rulebooks import rulebook

Waiting = Callable[[str], None]
"""Told once, before a wait for the lake: the file whose import or undo holds it, "" where that is not known."""

OVERLAY: Final = ("key", "value", "province", "enterprise", "valid_from", "valid_to", "reason")


def _ignore_wait(_file: str) -> None:
    """Nobody watches."""


def compute_portrait(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None = None,
    raw: bool = False,
    tried: Sequence[Overlay] = (),
    waiting: Waiting = _ignore_wait,
) -> Result:
    """Publish and compute, nothing else; ``province`` None: the enterprise's own; ``today`` None: no second day.

    ``as_of`` None: today, or the day that the rulebook names for the data year where that is earlier.

    ``tried``: overlays that act in this run only.

    Errors: ``enterprise_unknown``, ``province_unknown``, ``year_not_begun``, ``as_of_before_period``,
    ``rows_erased_year``.
    """
    tenant = accounts.enterprise(enterprise)
    _check_year(year, as_of)
    where = tenant.province or None if province is None else identifiers.short(province)
    if as_of is None:
        last = rulebook(day=date(year, 12, 31), province=where, enterprise=enterprise, tried=tried)
        as_of = min(clock.today(), default_day(last, year))
    portraits.refuse_deleted_year(enterprise, Frame(year, as_of, today))
    lake = wiring.lake(enterprise)
    _announce_wait(lake, waiting)
    publish_facts(lake, enterprise)
    current = rulebook(day=None, province=tenant.province or None, enterprise=enterprise, tried=tried)
    # A reason confirmed in January for a day of October holds on every basis.
    book = rulebook(day=as_of, province=where, enterprise=enterprise, tried=tried).with_rule(current.rule(QUIET))
    watched = watch_list.list_watched_licences(enterprise, year)
    with closing(wiring.engine()) as engine:
        result = run(
            lake=lake,
            engine=engine,
            rulebook=book,
            enterprise=enterprise,
            year=year,
            as_of=as_of,
            province=where,
            today=today,
            raw=raw,
            watch=book.decimal(WATCH_FACTOR) if watched else None,
            over=clock.today() - DAY,
            until=bases.find_last_day_of_advice(enterprise, year, as_of),
            declared={
                row.metric: {"who": row.who, "on": row.on, "reason": row.reason}
                for row in list_declarations(enterprise, year)
            },
            registered=read_marketing_register(enterprise, year, as_of, current),
        )
    warnings = (
        *_ahead_warnings(result.frame),
        *_watch_warnings(watched, book),
        # an overlay that two persons approved and that no longer acts is never passed over in silence
        *tuple({"code": "overlay_ignored", **{name: plain(one[name]) for name in OVERLAY}} for one in book.ignored),
    )
    return replace(result, warnings=(*result.warnings, *warnings))


def _ahead_warnings(frame: Frame) -> tuple[dict[str, object], ...]:
    """Of a day of filing that has not come yet nobody knows the seats and tickets."""
    if frame.basis is not Basis.FILING or frame.as_of <= clock.today():
        return ()
    return ({"code": AHEAD, "as_of": frame.as_of.isoformat(), "today": clock.today().isoformat()},)


def _watch_warnings(watches: Sequence[WatchedLicence], book: Rulebook) -> tuple[dict[str, object], ...]:
    """Which licences make the limits stricter, and how much; nothing where nobody is watched."""
    if not watches:
        return ()
    licences = "、".join(dict.fromkeys(one.licence for one in watches))
    share = f"{(book.decimal(WATCH_FACTOR) * 100).normalize():f} %"
    return ({"code": "watched", "licences": licences, "share": share, "rule": WATCH_FACTOR},)


def _check_year(year: int, as_of: date | None) -> None:
    """A data year that has not begun has no portrait, and at a day before it no seat or ticket of it exists."""
    first, today = date(year, 1, 1), clock.today()
    if today < first:
        raise NianjianError("year_not_begun", year=year, first=first.isoformat(), newest=today.year)
    if as_of is not None and as_of < first:
        raise NianjianError("as_of_before_period", as_of=as_of.isoformat(), first=first.isoformat(), year=as_of.year)


def _announce_wait(lake: Lake, waiting: Waiting) -> None:
    """Say that somebody else writes the lake, and what, before this thread stands still."""
    if lake.busy():
        files = [str(one.payload.get("file", "")) for one in queue.open_intents() if one.enterprise == lake.enterprise]
        waiting(files[0] if files else "")


def run_portrait(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None,
    raw: bool,
    actor: Actor,
    waiting: Waiting = _ignore_wait,
) -> Result:
    """Compute the portrait of data year ``year``, keep it for good and as the year's newest.

    Without ``as_of``, from 1 January until the season is filed, both bases are computed and kept, each as a run of its
    own; the one that the enterprise files comes last and is returned. ``today`` is the second day of seat vacancy and
    closing rate. Whoever promises the same bytes tomorrow leaves it None. ``role_missing`` and what
    `compute_portrait` raises.
    The audit entry stands before the result is put in its place: a crash between the two leaves the year's former
    result and the entry of a run.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    compute = partial(
        compute_portrait, enterprise=enterprise, year=year, province=province, today=today, raw=raw, waiting=waiting
    )
    other, filed = bases.choose_days(enterprise, year) if as_of is None else (None, as_of)
    if other is not None:
        _store_run(compute(as_of=other), enterprise, year, actor)
    result = compute(as_of=filed)
    _store_run(result, enterprise, year, actor)
    if not raw:  # the daily cube is fresh now
        line_usage.store_line_usage(enterprise)
    return result


def _store_run(result: Result, enterprise: str, year: int, actor: Actor) -> None:
    """Keep a portrait as a run and as the year's newest, with one audit entry."""
    document = result.as_dict()
    with portraits.stage_portrait(enterprise, year, document, actor=str(actor)) as put:
        data = {
            "year": year,
            "as_of": result.frame.as_of.isoformat(),
            "light": result.light.value,
            "rulebook": document["rulebook"],
            "snapshot": document["snapshot"],
            "run": put.run.id,
            "sha256": put.run.sha256,
        }
        with transaction.atomic():
            record(verb="portrait.run", enterprise=enterprise, actor=actor, data=data)
        put()


# Acts that change what a portrait is made of: data, papers, rules.
RELEVANT_VERBS: Final = (
    "calls.", "registers.", "complaints.", "portrait.attach", "portrait.declare",
    "portrait.withdraw", "portrait.decide_marketing", "approval.approved", "holidays.", "retention.",
)  # fmt: skip
MOST: Final = 200  # acts told of; more stand in the audit pages


def list_run_ids(*, enterprise: str, year: int, actor: Actor) -> list[str]:
    """Ids of the kept runs, newest first; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    return portraits.list_runs(enterprise, year)


def compare_runs(*, enterprise: str, year: int, before: str, after: str, actor: Actor) -> RunComparison:
    """What `engines.metrics.compare` tells, masked, with both ``runs`` and the acts ``between`` them.

    ``role_missing``, ``portrait_run_unknown``. The acts are those between the two moments, whichever run is the older.
    """
    require_permission(actor, enterprise, Permission.READ)
    one, other = (portraits.get_run(enterprise, year, id_) for id_ in (before, after))
    old, new = (portraits.find_portrait(enterprise, year, id_) for id_ in (before, after))
    assert old is not None  # noqa: S101 - its run was read
    assert new is not None  # noqa: S101 - its run was read
    first, last = sorted((one.moment, other.moment))
    acts = audit.between(enterprise=enterprise, after=first, until=last, verbs=RELEVANT_VERBS, most=MOST)
    marks = portraits.list_deletion_marks(enterprise)
    runs = [ComparedRun(**asdict(run), erased=portraits.marks_of_snapshot(run.snapshot, marks)) for run in (one, other)]
    moves = mask_moves(compare(old, new), old, new)
    return RunComparison(enterprise=enterprise, year=year, runs=runs, between=acts, **moves)


Draw = Callable[[Mapping[str, Any], str, Stamp], bytes]


# A file form: its media type, and what draws it; workbook and page depend on the portrait alone.
FORMS: Final[Mapping[str, tuple[str, Draw]]] = {
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda portrait, language, _: portrait_workbook(portrait, language),
    ),
    "pdf": ("application/pdf", portrait_pdf),
    "png": ("image/png", first_page_png),
    "html": ("text/html; charset=utf-8", lambda portrait, language, _: portrait_page(portrait, language)),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file to give away."""

    name: str
    media: str
    content: bytes


def export_portrait(*, enterprise: str, year: int, run: str | None, form: str, language: str, actor: Actor) -> Export:
    """Draw a kept portrait; ``role_missing``, ``portrait_missing``, ``export_form_unknown``, ``drawing_failed``."""
    require_permission(actor, enterprise, Permission.READ)
    if form not in FORMS:
        raise NianjianError("export_form_unknown", form=form, forms=", ".join(FORMS))
    portrait = get_portrait(enterprise, year, run, masked=True)
    return render_export(portrait, enterprise=enterprise, year=year, run=run, form=form, language=language, actor=actor)


def render_export(
    portrait: Mapping[str, Any],
    *,
    enterprise: str,
    year: int,
    run: str | None = None,
    form: str,
    language: str,
    actor: Actor,
) -> Export:
    """Draw a portrait of ``run`` (None: the newest) and write the entry; the caller has asked whether the actor may."""
    if run is None:
        newest = portraits.find_newest_run(enterprise, year)
        run = newest.id if newest else ""
    seq, digest = audit.head()
    media, draw = FORMS[form]
    stamp = Stamp(accounts.enterprise(enterprise).name, run, seq, digest, names=causes.list_names(portrait))
    content = draw(portrait, language, stamp)
    sha256 = hashlib.sha256(content).hexdigest()
    data = {"year": year, "run": run, "form": form, "language": language, "sha256": sha256}
    with transaction.atomic():
        record(verb="portrait.export", enterprise=enterprise, actor=actor, data=data)
    return Export(f"{enterprise}-{year}.{form}", media, content)


SIZE: Final = 50
EXPORTED: Final = 10_000  # rows of a file; who needs more narrows the question
MANY: Final = 2_000_000  # calls of a year; beyond, rows are shown for one month at a time
AT_ONCE: Final = 2  # questions that run at the same time; a third waits
PATIENCE: Final = 20.0  # seconds
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows ``first`` onwards of ``total`` (None: not counted), ``more``: others follow. ``month``: the one shown."""

    kind: str
    rows: tuple[Mapping[str, Any], ...]
    total: int | None
    more: bool
    month: str | None


def list_rows(
    *,
    enterprise: str,
    year: int,
    run: str | None,
    ask: RowQuery,
    page: int,
    actor: Actor,
    text: str = "",
    size: int = SIZE,
) -> RowPage:
    """Page ``page`` (from 1) of the rows. An outsourcer sees rows of the own team, whatever was asked.

    ``text``: only rows whose ticket, reference, seat or call begins with it, or whose numbers end with these 4 digits.

    ``role_missing``, ``portrait_missing``, ``portrait_run_unknown``, ``portrait_rows_unknown``, ``rows_behind_erased``,
    ``rows_busy`` when others keep the engine for too long.
    """
    require_permission(actor, enterprise, Permission.READ_OWN)
    portrait = get_portrait(enterprise, year, run)
    ask = _restrict_query(portrait, ask, team_of(actor, enterprise))
    return _read_rows(enterprise, portrait, ask, text, size=size, start=(page - 1) * size)


def export_rows(*, enterprise: str, year: int, run: str | None, ask: RowQuery, actor: Actor, text: str = "") -> RowPage:
    """The first `EXPORTED` rows for a file, with the entry of an export in the audit chain; as `list_rows`."""
    require_permission(actor, enterprise, Permission.READ_OWN)
    portrait = get_portrait(enterprise, year, run)
    ask = _restrict_query(portrait, ask, team_of(actor, enterprise))
    row_page = _read_rows(enterprise, portrait, ask, text, size=EXPORTED, start=0)
    data = {
        "year": year, "run": run or "", "form": "rows", "metric": ask.slug, "part": ask.component,
        "rows": len(row_page.rows),
    }  # fmt: skip
    with transaction.atomic():
        record(verb="portrait.export", enterprise=enterprise, actor=actor, data=data)
    return row_page


def _read_rows(
    enterprise: str, portrait: Mapping[str, Any], ask: RowQuery, text: str, *, size: int, start: int
) -> RowPage:
    kind = kind_of(ask.slug, ask.component)

    def cut(rows: ir.Table) -> ir.Table:
        return in_order(kind, drill_down.search_rows(kind, rows, text)).limit(size + 1, offset=start)

    with _turn(), closing(wiring.engine()) as engine:
        rows = engine.rows(in_order(kind, _drill_down(engine, enterprise, portrait, ask, cut)))
    return RowPage(
        kind=kind,
        rows=tuple(_mask_row(row, kind) for row in rows[:size]),
        total=None if text else expected_count(find_figures(portrait, ask.slug) or {}, ask),
        more=len(rows) > size,
        month=ask.month,
    )


def _restrict_query(portrait: Mapping[str, Any], ask: RowQuery, team: str | None) -> RowQuery:
    """The own team's rows for whom sees no others; one month where a year has too many calls to look through."""
    if team is not None:
        if "team" not in SPLITS.get(ask.slug, ()):  # seats have no team: they are nobody's own
            raise NianjianError("portrait_rows_unknown", metric=ask.slug, part=ask.component)
        ask = replace(ask, keys={**ask.keys, "team": team})
    if ask.month is None and needs_month(portrait, ask):
        ask = replace(ask, month=first_month(portrait, ask.slug))
    return ask


def needs_month(portrait: Mapping[str, Any], ask: RowQuery) -> bool:
    """Whether the rows are calls, and too many for one look."""
    return kind_of(ask.slug, ask.component) == CALLS and int(portrait["quality"]["calls"]["records"]) > MANY


def first_month(portrait: Mapping[str, Any], slug: str) -> str | None:
    """The first month in which the metric counted anything."""
    months = (find_figures(portrait, slug) or {}).get("months", ())
    return next((str(row["month"]) for row in months if row["denominator"]), None)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise NianjianError("rows_busy", seconds=int(PATIENCE))
    try:
        yield
    finally:
        _turns.release()


def _drill_down(engine: Engine, enterprise: str, portrait: Mapping[str, Any], ask: RowQuery, cut: Cut) -> ir.Table:
    lake, versions = wiring.lake(enterprise), revive.snapshot(portrait)
    dated = {
        name: engine.table(name, _files(lake, name, versions[name]) if name in versions else [], schema)
        for name, schema in SCHEMAS.items()
    }
    get_tickets = partial(_ticket_table, engine, lake, portrait, dated)
    return drill_down.drill_down(portrait, ask, dated, get_tickets, cut=cut, once=engine.once)


def _ticket_table(engine: Engine, lake: Lake, portrait: Mapping[str, Any], dated: Mapping[str, ir.Table]) -> ir.Table:
    """The complaints with their calls: the rollup where it is of these very versions, else matched again."""
    counting = drill_down.counting(portrait)
    rollup = rollups.find_rollup(lake, engine, tickets_rollup(counting), revive.snapshot(portrait))
    if rollup is not None:
        return rollup
    complaints = dated["complaint_fact"]
    match = complaint_match(dated["calls"], complaints, minutes=counting.minutes, by_id=True)
    return tickets(complaints, match, dated["line_dim"], counting)


def _files(lake: Lake, table: str, version: int) -> list[str]:
    """The files of a pinned version; ``rows_behind_erased`` when they are there no longer."""
    files = lake.files(table, version)
    if all(Path(file).exists() for file in files):
        return files
    marks = portraits.marks_of_snapshot({table: version}, portraits.list_deletion_marks(lake.enterprise))
    raise NianjianError("rows_behind_erased", table=table, day=", ".join(mark.day for mark in marks) or "–")


def _mask_row(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A row as a door may show it: numbers of persons masked, the own ones and those of no person in full."""
    masked = dict(row)
    if kind == CALLS:
        own = row["display_class"] == NumberClass.OWN_SHORT.value
        display = numbers.printed(row["shape"] or Shape.NONE, row["display"])
        masked["display"] = display if own else numbers.mask(display)
        masked["callee"] = numbers.mask(numbers.printed(row["callee_shape"] or Shape.NONE, row["callee"]))
        masked["purpose"] = row["purpose"] and mask_call_text(row["purpose"])
    elif "complainant" in row:
        masked["complainant"] = _mask_number(row["complainant"])
        masked["complained"] = _mask_number(row["complained"])
    return masked


def _mask_number(value: int | None) -> str:
    return "" if value is None else numbers.mask_value(value)


def reveal_row(
    *, enterprise: str, year: int, run: str | None, kind: str, key: Mapping[str, str], actor: Actor
) -> Numbers:
    """The two numbers of one row in full: ``display`` and ``callee`` (of a complaint: complained, complainant).

    ``key``: part, file and line of a call, complaint_id of a complaint. The audit entry stands in the chain before the
    numbers are read. ``role_missing``, ``portrait_missing``, ``rows_behind_erased``, ``portrait_row_unknown``.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    portrait = get_portrait(enterprise, year, run)
    data = {"year": year, "run": run or "", "kind": kind, **key}
    with transaction.atomic():
        record(verb="portrait.reveal", enterprise=enterprise, actor=actor, data=data)
    table = "calls" if kind == CALLS else "complaint_fact"
    lake, version = wiring.lake(enterprise), revive.snapshot(portrait)[table]
    with _turn(), closing(wiring.engine()) as engine:
        rows = engine.table(table, _files(lake, table, version), SCHEMAS[table])
        matches = engine.rows(_select_row(rows, kind, key).limit(1))
    if not matches:
        raise NianjianError("portrait_row_unknown")
    row = matches[0]
    return Numbers(_full_number(row["shape"], row["display"]), _full_number(row["other"], row["callee"]))


def _select_row(rows: ir.Table, kind: str, key: Mapping[str, str]) -> ir.Table:
    if kind == CALLS:
        one = rows.filter(rows.part == key["part"], rows.file == key["file"], rows.line == int(key["line"]))
        return one.select("display", "callee", shape=one.display_shape, other=one.callee_shape)
    one = rows.filter(rows.complaint_id == key["complaint_id"])
    return one.select(display=one.complained, callee=one.complainant, shape=ibis.literal(""), other=ibis.literal(""))


def _full_number(shape: object, value: object) -> str:
    return numbers.printed(str(shape or Shape.NONE.value), value if isinstance(value, int) else None)


def simulate_moves(*, enterprise: str, year: int, run: str | None, moves: Moves, actor: Actor) -> Simulated:
    """Return ``before`` and ``after`` as portraits, not masked: the same as `compute_and_simulate` over the same data.

    ``role_missing``, ``portrait_missing``, ``portrait_run_unknown``, ``portrait_without_rules``, and what
    `engines.metrics.simulate` raises.
    """
    require_permission(actor, enterprise, Permission.READ)
    before = get_portrait(enterprise, year, run)
    return Simulated(before, simulate(revive.result(before), moves).as_dict())


def count_room(*, enterprise: str, year: int, run: str | None, actor: Actor) -> dict[str, int]:
    """How much of each step there is; the errors of `simulate_moves`."""
    require_permission(actor, enterprise, Permission.READ)
    return maxima(revive.result(get_portrait(enterprise, year, run)))


def count_needs(*, enterprise: str, year: int, run: str | None, actor: Actor) -> dict[str, int]:
    """How much of each step alone brings its metric within the limit; the errors of `simulate_moves`."""
    require_permission(actor, enterprise, Permission.READ)
    return needs(revive.result(get_portrait(enterprise, year, run)))


def get_portrait(enterprise: str, year: int, run: str | None, *, masked: bool = False) -> dict[str, Any]:
    """A run's portrait, or the year's newest; ``portrait_run_unknown``, ``portrait_missing``."""
    find = portraits.find_masked_portrait if masked else portraits.find_portrait
    portrait = find(enterprise, year, run)
    if portrait is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    return portrait


def compute_and_simulate(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    moves: Moves,
    actor: Actor,
    waiting: Waiting,
) -> Simulated:
    """Return ``before`` and ``after`` as portraits; nothing is kept.

    Errors: ``role_missing``, those of `compute_portrait`.

    Without ``as_of``, where two bases stand side by side, on that of the day of filing, which steps can still change.
    Facts that registers wrote before are published on the way: the write of the register has its entry in the chain.
    """
    require_permission(actor, enterprise, Permission.READ)
    as_of = as_of or dict(bases.list_open_bases(enterprise, year, clock.today())).get(Basis.FILING)
    before = compute_portrait(enterprise=enterprise, year=year, as_of=as_of, province=province, waiting=waiting)
    return Simulated(before.as_dict(), simulate(before, moves).as_dict())


PORTRAITS: Final = Area(path="/enterprises/{code}/portraits")


@dataclass(frozen=True, slots=True)
class FiledBasis:
    """``run``: the newest on that basis; null where none was computed yet."""

    year: int
    basis: str
    run: str | None


CHOSEN: Final = Answer(schema=FiledBasis, document=lambda _request, _key, chosen: chosen)


@operation(
    "portrait.choose_basis", on=PORTRAITS, permission=Permission.REPORT, path="/basis", answer=CHOSEN,
    body=Body("BasisToFile", "``year_end``: as at 31 December; ``filing``: as at the day of filing."),
)  # fmt: skip
def choose_basis(
    *,
    enterprise: str,
    actor: Actor,
    year: Annotated[Number, Limits(1, 9998)],
    basis: Annotated[Line, Choice(tuple(basis.value for basis in bases.BASES))],
    reason: Annotated[Text, Param(filled=True)],
) -> FiledBasis:
    """Choose the basis on which the enterprise files a data year, with the reason; the generated papers carry it.

    ``basis_year_not_over``, ``basis_reason_missing``, ``basis_filed``, ``season_archived``.
    """
    refuse_closed(enterprise, year)
    year_end = Season("", year).year_end
    if clock.today() <= year_end:
        raise NianjianError("basis_year_not_over", year=year, last=year_end.isoformat())
    if (filed_on := bases.find_filing_day(enterprise, year)) is not None:
        raise NianjianError("basis_filed", year=year, day=filed_on.isoformat())
    if not reason.strip():
        raise NianjianError("basis_reason_missing", year=year)
    defaults = {"basis": basis, "reason": reason.strip(), "chosen_at": clock.now(), "chosen_by": str(actor)}
    run = portraits.find_basis_run(enterprise, year, Basis(basis))
    with transaction.atomic():
        BasisChoice.objects.update_or_create(enterprise_id=enterprise, year=year, defaults=defaults)
        data = {"year": year, "basis": basis, "run": run.id if run else None}
        record(verb="portrait.choose_basis", enterprise=enterprise, actor=actor, data=data)
    if run is not None:
        portraits.show_run(enterprise, year, run.id)
    return FiledBasis(year, basis, run.id if run else None)
