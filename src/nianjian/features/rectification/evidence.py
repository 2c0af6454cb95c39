"""What is counted for a case: its location, the figures before and since, and what is open before the report.

Work publishes first what the registers and tickets have that the lake has not; who only looks reads what was published
before and writes nothing.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final, cast

import ibis.expr.types as ir
import msgspec
from django.db.models import Max

from nianjian.engines.evidence.recordings import list_references, mask_file_name
from nianjian.engines.gate.snapshot import files
from nianjian.engines.gate.snapshot.lists import NumberList
from nianjian.engines.gate.snapshot.read import open_snapshot
from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.metric import kinds_of, whole
from nianjian.engines.metrics.result import snapshot_sha256
from nianjian.engines.metrics.tables import ComplaintCounting, daily_rollup, tickets_rollup
from nianjian.engines.paper.people import mask_call_id
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.publishing import publish_facts
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.portrait.marketing import read_current_words
from nianjian.features.rectification import figures, location, queries, states, storage
from nianjian.features.rectification.documents import (
    CaseCheck,
    CaseGap,
    CaseGaps,
    GroupTicket,
    GroupTickets,
    Json,
    TicketCall,
)
from nianjian.features.rectification.gaps import Facts, list_gaps
from nianjian.features.rectification.location import LocationTerms
from nianjian.features.rectification.models import Case, Order, Paper
from nianjian.features.rectification.operations import get_visible_case, is_enforced, rulebook_on
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env, wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.progress import Progress, Steps, silent, unwatched
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.vault import keyring

TICKETS = "complaint_fact"


@dataclass(frozen=True, slots=True)
class OpenTables:
    """An open engine with the tables of one moment; ``snapshot``: their versions, with a sha256."""

    engine: Engine
    cube: ir.Table
    tickets: ir.Table
    dated: Mapping[str, ir.Table]
    snapshot: Mapping[str, object]


def location_terms(book: Rulebook) -> LocationTerms:
    """What the rulebook says of a location."""
    return LocationTerms(
        sources=kinds_of(book.with_guide_limits(), "portrait.complaint_rate.sources"),
        level=Fraction(book.decimal("rectification.locate.level")),
        top=book.integer("rectification.locate.top"),
        low_volume=book.integer("portrait.complaint_rate.low_volume"),
    )


def counting_terms(book: Rulebook) -> ComplaintCounting:
    """What the rulebook says of complaints."""
    return ComplaintCounting(
        sources=kinds_of(book.with_guide_limits(), "portrait.complaint_rate.sources"),
        reasons=kinds_of(book.with_guide_limits(), "portrait.complaint_rate.exclusions"),
        minutes=whole(book.rule("portrait.complaint_rate.match_window").value),
    )


@dataclass(frozen=True, slots=True)
class PublishedTickets:
    """An open engine with the tickets as they stood ``at`` (None: nothing was published yet)."""

    engine: Engine
    tickets: ir.Table
    dated: Mapping[str, ir.Table]
    at: datetime | None


SETTING_UP = 3  # steps that `open_tables` tells


@contextmanager
def open_tables(enterprise: str, book: Rulebook, step: Steps) -> Iterator[OpenTables]:
    """Publish what changed, bring the rollups up to date and hold everything of that moment."""
    lake = wiring.lake(enterprise)
    step()
    publish_facts(lake, enterprise)
    with closing(wiring.engine()) as engine:
        with lake.lock():
            step()
            cube = rollups.current(lake, engine, daily_rollup(read_current_words(enterprise)))
            step()
            tickets = rollups.current(lake, engine, tickets_rollup(counting_terms(book)))
            standing = lake.snapshot()
            versions = {name: number for name, number in standing.items() if name in SCHEMAS}
            dated = _dated_tables(lake, engine, versions)
        yield OpenTables(
            engine, cube, tickets, dated, {**dict(sorted(versions.items())), "sha256": snapshot_sha256(versions)}
        )


@contextmanager
def open_published(enterprise: str, book: Rulebook) -> Iterator[PublishedTickets]:
    """Hold what was published last, and write nothing: a rollup that is behind is computed for this once."""
    lake = wiring.lake(enterprise)
    versions = {name: number for name, number in lake.snapshot().items() if name in SCHEMAS}
    rollup = tickets_rollup(counting_terms(book))
    with closing(wiring.engine()) as engine:
        dated = _dated_tables(lake, engine, versions)
        stored = rollups.find_rollup(lake, engine, rollup, versions)
        yield PublishedTickets(
            engine, rollup.build(dated) if stored is None else stored, dated, _published_at(lake, versions)
        )


def _dated_tables(lake: Lake, engine: Engine, versions: Mapping[str, int]) -> dict[str, ir.Table]:
    return {
        name: engine.table(name, lake.files(name, versions[name]) if name in versions else [], schema)
        for name, schema in SCHEMAS.items()
    }


def _published_at(lake: Lake, versions: Mapping[str, int]) -> datetime | None:
    """When the tickets were written into the lake."""
    if TICKETS not in versions:
        return None
    (entry, *_later) = lake.history(TICKETS, versions[TICKETS] - 1)
    return datetime.fromtimestamp(int(str(entry["timestamp"])) / 1000, UTC)


YEAR: Final = timedelta(days=365)
GROUPS: Final = 50  # of a dimension that are told; the others are in the sums
PAGE: Final = 50  # tickets shown at once
LOOKUP_RETENTION: Final = timedelta(days=7)  # complaints that were looked up on a page
REF: Final = "ref:"
REF_LENGTH: Final = 24  # hex digits
NUMBERED: Final = frozenset({"display", location.COMPLAINANT})


def location_window(first: date | None, last: date | None) -> Window:
    """The days asked for: a year up to today where none are named; ``rectify_day_ahead``, ``rectify_days_reversed``."""
    end = last or clock.today()
    if end > clock.today():  # nothing is known of those days: a case would be located by nothing
        raise NianjianError("rectify_day_ahead", day=end.isoformat())
    begin = first or end - YEAR + DAY
    if begin > end:
        raise NianjianError("rectify_days_reversed", first=begin.isoformat(), last=end.isoformat())
    return Window(begin, end + DAY)


def locate_cause(
    *,
    enterprise: str,
    case: str | None,
    first: date | None,
    last: date | None,
    actor: Actor,
    progress: Progress = silent,
) -> Json:
    """Locate in a period, both days included; with a case it is one of its steps. Numbers of persons are masked.

    ``role_missing``, ``rectify_unknown``, ``rectify_days_reversed``, ``rectify_closed``.
    """
    case_row = None if case is None else get_visible_case(case, actor, Permission.REPORT)
    enterprise = enterprise if case_row is None else case_row.enterprise_id
    require_permission(actor, enterprise, Permission.REPORT)
    days = location_window(first, last)
    rules = rulebook_on(enterprise, min(days.end - DAY, clock.today()))
    said = location_terms(rules)
    step = Steps(progress, case or "", SETTING_UP + len(location.DIMENSIONS) + 3)
    with open_tables(enterprise, rules, step) as tables:
        locations = count_groups(tables, days, said, step)
        snapshot = tables.snapshot
    document: Json = {
        "enterprise": enterprise,
        "case": case,
        "from": days.first.isoformat(),
        "to": days.end.isoformat(),
        "sources": list(said.sources),
        "level": str(rules.decimal("rectification.locate.level")),
        "complaints": locations["line"].complaints,
        "named": [
            {"dimension": dimension, "key": _mask(dimension, group.key)}
            for dimension, one in locations.items()
            for group in one.standouts
        ],
        "dimensions": {dimension: _mask_location(one.as_dict(GROUPS)) for dimension, one in locations.items()},
        "snapshot": snapshot,
        "rulebook": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
    }
    if case_row is not None:
        data = {"from": document["from"], "to": document["to"], "named": document["named"], "snapshot": snapshot}
        storage.record_step(case=case_row, step=states.LOCATED, data=data, actor=actor, located=document)
    return document


def count_groups(
    tables: OpenTables, days: Window, said: location.LocationTerms, step: Steps | None = None
) -> Mapping[str, location.Location]:
    """Every dimension of a period; the calls to the largest complainants are looked up for these alone."""
    tickets = location.select_counted_tickets(tables.tickets, tables.dated["complaint_fact"], days, said.sources)
    questions = location.location_questions(tables.cube, tickets, days)
    step = step or unwatched()
    rows = {}
    for name, expression in questions.items():
        step()
        rows[name] = tables.engine.rows(expression)
    step()
    persons = [row for row in rows[location.COMPLAINANT] if row["key"] is not None]
    persons.sort(key=lambda row: (-cast("int", row["complaints"]), cast("int", row["key"])))
    callees = [cast("int", row["key"]) for row in persons[:GROUPS]]
    if callees:
        rows["calls_to"] = tables.engine.rows(location.count_calls_to(tables.dated["calls"], callees, days))
    return location.rank_groups(rows, said)


def _mask_location(document: Json) -> Json:
    dimension = str(document["dimension"])
    groups = [
        one | {"key": _mask(dimension, one["key"]), "ref": _ref(dimension, one["key"])} for one in document["groups"]
    ]
    return document | {"groups": groups, "named": [_mask(dimension, key) for key in document["named"]]}


def _mask(dimension: str, key: str | None) -> str | None:
    """A person's number is masked; one's own short numbers, lines and teams stay whole."""
    return numbers.mask(key) if key is not None and dimension in NUMBERED else key


def _ref(dimension: str, key: str | None) -> str | None:
    """What names a group whose number is masked, to look behind it; None where the key itself does."""
    masked = _mask(dimension, key)
    return _blind(key or "") if masked != key else None


def _blind(number: str) -> str:
    """A landline is counted without its 0, so it is named without it."""
    return REF + keyring.current().blind(number.lstrip("0"), "rectify.group")[:REF_LENGTH]


def list_group_tickets(
    *,
    enterprise: str,
    dimension: str,
    key: str | None,
    first: date | None,
    last: date | None,
    page: int,
    actor: Actor,
    publishing: bool = True,
    progress: Progress = silent,
) -> GroupTickets:
    """The tickets of a group, ``PAGE`` at a time from page 1, each with the calls it may be about and their recordings.

    Numbers of persons are masked, in the ids of calls and the names of recordings too; no folder or address is told.
    ``key``: the group's own, or the ``ref`` by which a location names one whose number is masked; None: none is known.

    Without ``publishing`` they are those of the last time that tickets were published, which ``at`` tells, and nothing
    is written. ``role_missing``, ``rectify_dimension_unknown``, ``rectify_days_reversed``, ``rectify_ref_unknown``.
    """
    require_permission(actor, enterprise, Permission.REPORT if publishing else Permission.READ)
    if dimension not in location.DIMENSIONS:
        raise NianjianError("rectify_dimension_unknown", dimension=dimension, dimensions=", ".join(location.DIMENSIONS))
    days = location_window(first, last)
    rules = rulebook_on(enterprise, min(days.end - DAY, clock.today()))
    step = Steps(progress, "", 2 + SETTING_UP * publishing)
    if publishing:
        with open_tables(enterprise, rules, step):
            pass
    with open_published(enterprise, rules) as tables:
        rows, by_ticket, key = _read_page(tables, days, dimension, key, page, rules, step)
        at = tables.at
    return GroupTickets(
        dimension=dimension,
        key=_mask(dimension, key),
        page=page,
        more=len(rows) > PAGE,
        at=None if at is None else at.isoformat(timespec="seconds"),
        tickets=[
            GroupTicket(
                id=row["complaint_id"],
                source=row["source"],
                accepted=_time(row["accepted_ts"]),
                called=_time(row["call_ts"]),
                complained=_number(row["complained"]),
                complainant=_number(row["complainant"]),
                line=row["line"],
                team=row["team"],
                how=row["how"],
                calls=by_ticket.get(str(row["complaint_id"]), []),
            )
            for row in rows[:PAGE]
        ],
    )


def delete_expired_lookups() -> int:
    """Delete tickets looked up over `LOOKUP_RETENTION` ago, and of which group: how many. None outlives its days."""
    old = queue.over_before(flow.RECTIFY_TICKETS, clock.now() - LOOKUP_RETENTION, "key")
    for one in old:
        queue_service.forget(job=one.id, name="tickets")
        queue_service.forget(job=one.id, name="key")
    return len(old)


def _read_page(  # noqa: PLR0917 -- the same values as `list_group_tickets`
    tables: PublishedTickets, days: Window, dimension: str, key: str | None, page: int, rules: Rulebook, step: Steps
) -> tuple[Sequence[Mapping[str, Any]], dict[str, list[TicketCall]], str | None]:
    """A page of tickets and one more, the calls of each ticket of the page, and the group's key itself."""
    step()
    counted = location.select_counted_tickets(
        tables.tickets, tables.dated["complaint_fact"], days, location_terms(rules).sources
    )
    key = _resolve_ref(tables, counted, dimension, key)
    some = location.group_tickets(counted, dimension, key).limit(PAGE + 1, offset=(page - 1) * PAGE)
    rows = tables.engine.rows(some)
    by_ticket: dict[str, list[TicketCall]] = {}
    if rows:
        step()
        page_table = tables.engine.hold("rectify_shown", tables.engine.arrow(some.limit(PAGE)))
        question = location.ticket_calls(tables.dated["calls"], page_table, minutes=counting_terms(rules).minutes)
        for row in tables.engine.rows(question):
            by_ticket.setdefault(str(row["complaint_id"]), []).append(_call(row))
    return rows, by_ticket, key


def _resolve_ref(tables: PublishedTickets, counted: ir.Table, dimension: str, key: str | None) -> str | None:
    """The key that a ``ref`` names; any other as it is. ``rectify_ref_unknown``. Cost: one look at the complaints."""
    if key is None or not key.startswith(REF) or dimension not in NUMBERED:
        return key
    column = counted[dimension]
    for row in tables.engine.rows(counted.filter(column.notnull()).select(key=column).distinct()):
        if _blind(str(row["key"])) == key:
            return str(row["key"])
    raise NianjianError("rectify_ref_unknown", ref=key)


def _call(row: Mapping[str, Any]) -> TicketCall:
    return TicketCall(
        call_id=mask_call_id(row["call_id"]),
        source=row["source"],
        started=_time(row["start_ts"]),
        answered=row["answered"],
        line=row["line_id"],
        how=row["how"],
        recordings=[mask_file_name(one) for one in list_references(row["extra"])],
    )


def _time(moment: Any) -> str | None:  # noqa: ANN401 -- a wall time of the lake or NULL
    return None if moment is None else moment.isoformat(sep=" ", timespec="seconds")


def _number(value: int | None) -> str | None:
    return None if value is None else numbers.mask_value(value)


LOG: Final = logging.getLogger(__name__)
COUNTING = SETTING_UP + 15  # steps of `_counted`
LOOKING = SETTING_UP + 1  # steps of `_tickets`


def measure_figures(
    *, case: str, first: date | None, last: date | None, actor: Actor, progress: Progress = silent
) -> Json:
    """Count both windows and keep them with the case: ``first`` begins the earlier one, ``last`` ends the later one.

    ``rectify_unknown``, ``rectify_closed``, and those of `check_measurable`.
    """
    case_row = get_visible_case(case, actor, Permission.REPORT)
    order, days = check_measurable(case_row, first, last)
    document = _counted(case_row.enterprise_id, order, days, Steps(progress, case_row.pk, COUNTING))
    data = {
        "snapshot": document["snapshot"],
        "from": document[figures.BEFORE]["from"],
        "to": document[figures.AFTER]["to"],
    }
    storage.record_step(case=case_row, step=states.MEASURED, data=data, actor=actor, measured=document)
    return document


def check_measurable(case: Case, first: date | None, last: date | None) -> tuple[Order, dict[str, Window]]:
    """The order in force and the days before it and since; ``rectify_case_not_isolated``, ``rectify_days_reversed``."""
    order = queries.find_effective(case)
    if order is None:
        raise NianjianError("rectify_case_not_isolated", case=case.pk)
    day, end = queries.effective_day(order), min(last or clock.today(), clock.today())
    for start, stop in ((first or day - DAY, day - DAY), (day, end)):
        if start > stop:
            raise NianjianError("rectify_days_reversed", first=start.isoformat(), last=stop.isoformat())
    return order, figures.figure_windows(day, end, first)


def _counted(enterprise: str, order: Order, days: Mapping[str, Window], step: Steps) -> Json:
    """Both windows as the tables stand now."""
    isolated, moment = queries.effective_day(order), queries.effective_moment(order)
    rules = rulebook_on(enterprise, min(days[figures.AFTER].first, clock.today()))
    channel = figures.Channel(order.key, order.channel, order.cap)
    step()
    consents = _consents(enterprise)
    with open_tables(enterprise, rules, step) as tables:
        parts = {name: _figures(tables, channel, window, rules, step) for name, window in days.items()}
        for name, window in days.items():
            parts[name]["channel"] |= _white_listed(tables, channel, window, consents, step)
        step()
        tables_of_calls = tables.dated["calls"], tables.dated["line_dim"]
        question = figures.split_day(*tables_of_calls, channel, moment.replace(tzinfo=None))
        day = {"day": isolated.isoformat(), **tables.engine.rows(question)[0]}
        snapshot = tables.snapshot
    step()
    figures.doubt_silence(parts)
    settings = policies.list_policies_in_force(enterprise)
    registered = gate_feed.list_lines(enterprise, settings) if order.key == "team" else []
    lines = [line["name"] for line in registered if line["team"] == order.channel]
    return {
        **parts,
        "isolated": isolated.isoformat(),
        **queries.row_document(order, "key", "channel", "cap"),
        "cap_before": queries.find_cap_before(order),
        "that_day": day,
        "gate": figures.summarize_decisions(
            files.decisions_folder(env.read().home),
            enterprise,
            channel,
            int(moment.timestamp() * 1000),
            days[figures.AFTER].end - DAY,
            lines=lines,
        ),
        "over_cap": [list(one) for one in figures.days_over_cap(parts[figures.AFTER], day, order.cap)],
        "snapshot": snapshot,
        "rulebook": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
    }


def _figures(tables: OpenTables, channel: figures.Channel, window: Window, rules: Rulebook, step: Steps) -> Json:
    sources = location_terms(rules).sources
    tickets = location.select_counted_tickets(tables.tickets, tables.dated["complaint_fact"], window, sources)
    questions = figures.figure_questions(tables.cube, tickets, channel, window)
    rows = {}
    for name, expression in questions.items():
        step()
        rows[name] = tables.engine.rows(expression)
    return figures.summarize_figures(rows, window, rules)


def _consents(enterprise: str) -> Sequence[NumberList] | None:
    """The lists of consents by which the gate decides now; None: it has no snapshot that can be read."""
    try:  # nothing is fed for that: figures are counted whatever becomes of the gate
        tenant = open_snapshot(gate_feed.snapshot_folder()).tenants.get(enterprise)
    except NianjianError:
        LOG.warning("counted without consents: the gate's snapshot cannot be read", exc_info=True)
        return None
    return None if tenant is None else tenant.consented


def _white_listed(
    tables: OpenTables, channel: figures.Channel, window: Window, consents: Sequence[NumberList] | None, step: Steps
) -> Json:
    """How many of the channel's calls in a window went to callees with a consent on file at that moment; if known."""
    attempts = figures.channel_attempts(
        tables.dated["calls"], tables.dated["line_dim"], channel, window, figures.CONSENT_COLUMNS
    )
    step()
    called = tables.engine.rows(figures.list_callees(attempts)) if consents else []
    step()
    if consents is None:
        return {}
    spans = tables.engine.hold("consents", figures.consent_spans(called, consents))
    return figures.summarize_counts(tables.engine.rows(figures.count_listed_attempts(attempts, spans))[0])


def recount(case: Case, step: Steps) -> Json | None:
    """The measured windows counted once more, from the tables as they stand now; None: nothing was measured."""
    order = queries.find_effective(case)
    if case.measured is None or order is None:
        return None
    parts = {name: case.measured[name] for name in (figures.BEFORE, figures.AFTER)}
    days = {
        name: Window(date.fromisoformat(part["from"]), date.fromisoformat(part["to"])) for name, part in parts.items()
    }
    return _counted(case.enterprise_id, order, days, step)


def figures_until_today(case: Case, step: Steps) -> Json:
    """The earlier window as it was measured, the later one up to today; ``rectify_case_not_isolated``."""
    order = queries.find_effective(case)
    if order is None or case.measured is None:
        raise NianjianError("rectify_case_not_isolated", case=case.pk)
    first = date.fromisoformat(case.measured[figures.BEFORE]["from"])
    return _counted(
        case.enterprise_id, order, figures.figure_windows(queries.effective_day(order), clock.today(), first), step
    )


def check_gaps(*, case: str, actor: Actor, progress: Progress = silent) -> CaseCheck:
    """What is open before report and test report go out, everything counted anew; ``rectify_unknown``."""
    case_row = get_visible_case(case, actor, Permission.REPORT)
    gaps = gaps_of_case(case_row, Steps(progress, case_row.pk, COUNTING + LOOKING))
    return CaseCheck(case, not any(gap.blocks for gap in gaps), gaps)


def gaps_of_case(case: Case, step: Steps | None, *, sending: bool = False) -> list[CaseGap]:
    """The gaps of a case; without ``step`` no figures are counted and no tickets looked through: nothing waits.

    ``sending``: the report that was set is to go out, so it must say what the case says now.
    """
    order = queries.find_effective(case)
    waiting, late = ([], []) if step is None else _tickets(case, order, step)
    tests, readers = list(queries.list_papers(case).filter(kind=Paper.TEST_REPORT)), queries.list_readers(case)
    facts = Facts(
        done=storage.list_completed_steps(case),
        isolated=None if order is None else queries.effective_day(order),
        pending=bool(queries.list_undecided_orders(queries.list_orders(case))),
        lifted=order is not None and order.lifted_at is not None,
        enforced=order is not None and is_enforced(order),
        observing=queries.is_gate_observing(case.enterprise_id),
        measured=case.measured,
        again=None if step is None else recount(case, step),
        open_tickets=waiting,
        late_tickets=late,
        measures=[(one.due, one.done_on) for one in queries.list_measures(case)],
        outdated=sending and _outdated(case),
        tests=[one.dated for one in tests if one.dated is not None and queries.has_reader(one, readers)],
        unread=len(tests),
    )
    return list_gaps(facts)


def _outdated(case: Case) -> bool:
    """Whether the case was located or measured anew, or an assessment read or corrected, after its report was set."""
    reported = queries.list_events(case).filter(step=states.REPORTED).aggregate(at=Max("at"))["at"]
    steps = (states.LOCATED, states.MEASURED, queries.PAPER_READ, queries.PAPER_CORRECTED)
    return reported is None or queries.list_events(case).filter(step__in=steps, at__gt=reported).exists()


def _tickets(case: Case, order: Order | None, step: Steps) -> tuple[list[str], list[str]]:
    """The channel's tickets of the measured days: those that are open, and those that were closed late."""
    if order is None or case.measured is None:
        return [], []
    rules = rulebook_on(case.enterprise_id, clock.today())
    measured = case.measured
    first, end = measured[figures.BEFORE]["from"], measured[figures.AFTER]["to"]
    window = Window(date.fromisoformat(first), date.fromisoformat(end))
    with open_tables(case.enterprise_id, rules, step) as tables:
        counted = location.select_counted_tickets(
            tables.tickets, tables.dated["complaint_fact"], window, location_terms(rules).sources
        )
        hours = rules.integer("complaints.close")
        step()
        rows = tables.engine.rows(location.unsettled_tickets(counted, order.key, order.channel, hours))
    return (
        [str(row["complaint_id"]) for row in rows if row["waiting"]],
        [str(row["complaint_id"]) for row in rows if not row["waiting"]],
    )


COUNTED: Final = frozenset({"figures_changed", "tickets_open", "tickets_late"})  # gaps that only counting finds
AFTER_CHECK: Final = frozenset({states.REPORTED, states.SUBMITTED})  # events that leave a check as true as it was


def preview_gaps(*, case: str, actor: Actor) -> CaseGaps:
    """What is open as far as it is known without waiting for the lake; ``rectify_unknown``.

    What only counting finds is among the gaps while the last check of everything is fresh.
    """
    case_row = get_visible_case(case, actor)
    gaps = gaps_of_case(case_row, None)
    last = queue.newest(case_row.enterprise_id, flow.RECTIFY_CHECK, {"case": case_row.pk}, Job.DONE)
    if last is None or last.started_at is None:
        return CaseGaps(ready=False, fresh=False, checked_at=None, gaps=gaps)
    changed = max(one.at for one in queries.list_events(case_row) if one.step not in AFTER_CHECK)
    fresh = changed < last.started_at
    if fresh:
        counted = msgspec.convert(last.result.get("gaps", []), list[CaseGap])
        gaps += [one for one in counted if one.code in COUNTED]
    ready = fresh and not any(gap.blocks for gap in gaps)
    return CaseGaps(ready=ready, fresh=fresh, checked_at=last.finished_at, gaps=gaps)
