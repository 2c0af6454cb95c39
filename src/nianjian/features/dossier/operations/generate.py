"""Generated items: values gathered once, set as workbook and PDF, compared with the portrait's run."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replaced
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir
from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.claims import REFUSED, UNKNOWN, Claim
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import Number as PlainNumber
from nianjian.engines.kernel.numbers import NumberClass, classify, normalise
from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.drill_down import counting
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.metrics.tables import scanner_calls, tickets_rollup
from nianjian.engines.paper.people import actor_text, mask_portrait, read_names_once
from nianjian.engines.paper.texts.claims import BLANK, CLAIMS, TEXT, is_contradicted, open_parts, printed_parts
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import build_in_time_claim, count_tickets
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.dossier import materials
from nianjian.features.dossier.generated import complaint_papers, monthly_traffic, registers, self_check
from nianjian.features.dossier.generated import document as documents
from nianjian.features.dossier.generated.complaint_papers import Ticket
from nianjian.features.dossier.generated.document import Document, Head, Row
from nianjian.features.dossier.generated.monthly_traffic import Traffic
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.materials import RUN, File, Line, Place
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.checklist import draw_pictures as drawn
from nianjian.features.dossier.package_documents import GeneratedDocument, GeneratedFinding
from nianjian.features.dossier.states import (
    BLANKS,
    Finding,
    MaterialState,
    Verdict,
    Weight,
    decide_verdict,
)
from nianjian.features.portrait import bases, portraits, watch_list
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.query import filter_entries
from nianjian.platform.audit.record import record
from nianjian.platform.claims.storage import Statements, load_statements
from nianjian.platform.home import wiring
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.columns import Sheet, mask_text
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.lines import LINES
from nianjian.platform.registers.lines import Line as NetworkLine
from nianjian.platform.registers.numbers import NUMBERS, Number
from nianjian.platform.registers.publish import list_roots
from nianjian.platform.registers.queries import find_authority, list_channels
from nianjian.platform.registers.seats import SEATS, Seat
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import Version, current_versions, versions_on


def build_head(enterprise: str, year: int) -> tuple[Head, Mapping[str, Any]]:
    """Whose paper it is, and the newest portrait on the basis that is filed.

    ``portrait_missing``, ``basis_not_computed`` where a person chose a basis that no run has.
    """
    run = bases.find_filed_run(enterprise, year)
    portrait = None if run is None else portraits.find_portrait(enterprise, year, run.id)
    if portrait is None or run is None or portraits.get_basis(portrait) is Basis.AHEAD:
        if portraits.find_newest_run(enterprise, year) is not None:
            raise NianjianError("basis_not_computed", year=year, basis=bases.get_basis(enterprise, year).basis.value)
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    day = revive.frame(portrait).as_of
    licences = list(versions_on(Licence, enterprise, day))
    head = Head(
        enterprise=accounts.enterprise(enterprise).name,
        licence=list_licence_numbers(enterprise, day),
        credit_code=_by_number(licences, "credit_code"),
        representative=_by_number(licences, "representative"),
        year=year,
        as_of=day,
        basis=portraits.describe_basis(portrait, _),
        run=run.id,
        snapshot=str(portrait["snapshot"]["sha256"]),
        rulebook=str(portrait["rulebook"]["version"]),
        authority=find_authority(enterprise, day),
    )
    return head, portrait


def _by_number(licences: Iterable[Licence], attribute: str) -> str:
    """One value for all licences, or each with its licence's number; what is unknown is a blank."""
    values = {str(row.number): str(getattr(row, attribute) or BLANK) for row in licences if row.number}
    if len(set(values.values())) <= 1:
        return next(iter(values.values()), BLANK)
    return "；".join(f"{value}（{number}）" for number, value in sorted(values.items()))


def list_licence_numbers(enterprise: str, day: date) -> str:
    """The numbers of the licences as a paper's head prints them; a blank where the register has none."""
    return "、".join(sorted({row.number for row in versions_on(Licence, enterprise, day) if row.number})) or BLANK


def list_numbers(enterprise: str, day: date) -> list[Row]:
    """The ledger; the day of a change stands in it where the register was told one."""
    return [_row(row, NUMBERS) for row in versions_on(Number, enterprise, day)]


def list_seats(enterprise: str, day: date) -> list[Row]:
    """The seats, identity papers masked."""
    rows = versions_on(Seat, enterprise, day)
    return [_row(row, SEATS, "changed_on", masked=("identity",)) | {"cancelled_on": row.cancelled_on} for row in rows]


def list_lines(enterprise: str, day: date) -> list[Row]:
    """The trunk lines in use."""
    lines = versions_on(NetworkLine, enterprise, day)
    return [_row(line, LINES) for line in lines if not (line.closed_on and line.closed_on <= day)]


def _row(row: Version, sheet: Sheet, *but: str, masked: Sequence[str] = ()) -> dict[str, object]:
    values = {one.field: getattr(row, one.field) for one in sheet.columns if one.field not in but}
    hidden = {name: mask_text(str(values[name]), sheet.by_field(name).kind) for name in masked if values[name]}
    return values | hidden


Portrait = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """An open engine with the run's tables."""

    engine: Engine
    dated: Mapping[str, ir.Table]
    tickets: ir.Table


@contextmanager
def open_tables(enterprise: str, portrait: Portrait) -> Iterator[Tables]:
    """The tables at the run's versions; ``rows_behind_erased`` where they are there no longer."""
    lake, versions = wiring.lake(enterprise), revive.snapshot(portrait)
    with closing(wiring.engine()) as engine:
        dated = {}
        for name, schema in SCHEMAS.items():
            files = lake.files(name, versions[name]) if name in versions else []
            if not all(Path(file).exists() for file in files):
                raise NianjianError("rows_behind_erased", table=name, day="–")
            dated[name] = engine.table(name, files, schema)
        rollup = tickets_rollup(counting(portrait))
        stored = rollups.find_rollup(lake, engine, rollup, versions)
        yield Tables(engine, dated, rollup.build(dated) if stored is None else stored)


def count_traffic(tables: Tables, sources: tuple[str, ...], year: int) -> list[Traffic]:
    """Month by month and number by number."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    calls, ledger = tables.dated["calls"], tables.dated["number_dim"]
    cells: defaultdict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for counted in (monthly_traffic.count_outbound, monthly_traffic.count_inbound):
        for row in tables.engine.rows(counted(calls, ledger, first, last)):
            key = str(row["month"]), str(row["number"]), str(row["shown"])
            cells[key] |= {name: int(str(value)) for name, value in row.items() if name not in monthly_traffic.KEYS}
    own = {number for _month, number, _shown in cells if number}
    for row in tables.engine.rows(monthly_traffic.list_complaints(tables.tickets, sources, first, last)):
        number = str(row["number"]) if str(row["number"]) in own else ""
        kind = NumberClass.OWN_SHORT if number else NumberClass.UNKNOWN
        cell = cells[str(row["month"]), number, kind.value]
        cell["complaints"] = cell.get("complaints", 0) + int(str(row["complaints"]))
    return [
        Traffic(month, number, NumberClass(kind), **counts) for (month, number, kind), counts in sorted(cells.items())
    ]


def list_tickets(tables: Tables, enterprise: str, year: int) -> list[Ticket]:
    """Tickets accepted in the year as they stand now, each with why the run leaves it out.

    Numbers of persons are masked; a number that the enterprise displays stays whole, in free texts too.
    """
    columns = tables.tickets.select("complaint_id", "excluded_rate", "excluded_ticket")
    reasons = {row["complaint_id"]: row for row in tables.engine.rows(columns)}
    since, until = (datetime(one, 1, 1, tzinfo=clock.ZONE) for one in (year, year + 1))
    rows = list(
        complaints.current_tickets(enterprise)
        .filter(accepted_at__gte=since, accepted_at__lt=until)
        .order_by("accepted_at", "key")
    )
    texts = [text for ticket in rows for text in complaint_papers.list_numbers(ticket)]
    complained = {ticket.complained for ticket in rows if ticket.complained}
    own_displays = find_own_displays(tables, enterprise, {*texts, *complained})
    teams, lines = list_channels(enterprise, clock.today())
    tickets = []
    for ticket in rows:
        hidden = ("complainant",) if ticket.complained in own_displays else ("complainant", "complained")
        row = complaint_papers.hide_numbers(_row(ticket, COMPLAINTS, masked=hidden), own_displays)
        row = complaint_papers.name_channels(row, teams, {key: name or team for key, (name, team) in lines.items()})
        own = {"excluded_rate": row["exclusion"], "excluded_ticket": row["exclusion"]}  # that the run has not seen
        exclusion = reasons.get(row["ticket_id"], own)
        tickets.append(Ticket(row, str(exclusion["excluded_rate"] or ""), str(exclusion["excluded_ticket"] or "")))
    return tickets


def find_own_displays(tables: Tables, enterprise: str, texts: Collection[str]) -> frozenset[str]:
    """Those of ``texts`` that the enterprise itself displays: its outbound calls show the number, or a register has it.

    The registers are those of numbers (at any time, or one below a root) and of seats (the number they display).
    """
    numbers = {text: normalise(text) for text in texts}
    values = {number.value for number in numbers.values() if number.value is not None}
    if not values:
        return frozenset()
    calls = tables.dated["calls"]
    outbound = calls.filter(calls.direction == "out", calls.display.isin(sorted(values)))
    own = {row["display"] for row in tables.engine.rows(outbound.select("display").distinct())}
    own |= {normalise(key).value for key in current_versions(Number, enterprise).values_list("key", flat=True)}
    seats = current_versions(Seat, enterprise).exclude(display=None).order_by()
    own |= {normalise(text).value for text in seats.values_list("display", flat=True).distinct()}
    roots = list(list_roots(enterprise))

    def is_own(number: PlainNumber) -> bool:
        return number.value is not None and (
            number.value in own or classify(number, clock.today(), roots) is NumberClass.OWN_SHORT
        )

    return frozenset(text for text, number in numbers.items() if is_own(number))


class Values:
    """``portrait``: the year's newest run; registers as they hold on its day; the lake at its versions."""

    def __init__(self, enterprise: str, year: int) -> None:
        self.enterprise = enterprise
        self.head, self.portrait = build_head(enterprise, year)
        self.robots = checklist.uses_robots(enterprise, year)
        self.sources = counting(self.portrait).sources
        self._decided: dict[str, Claim] = {}

    @cached_property
    def numbers(self) -> Sequence[Row]:
        """The ledger."""
        return list_numbers(self.enterprise, self.head.as_of)

    @cached_property
    def seats(self) -> Sequence[Row]:
        """The seats."""
        return list_seats(self.enterprise, self.head.as_of)

    @cached_property
    def listed_seats(self) -> Sequence[Row]:
        """The seats that are still the enterprise's."""
        return [row for row in self.seats if registers.is_listed(row, self.head.as_of)]

    @cached_property
    def _traffic(self) -> tuple[Sequence[Traffic], int, int]:
        with open_tables(self.enterprise, self.portrait) as tables:
            (undated,) = tables.engine.rows(monthly_traffic.count_undated(tables.tickets, self.sources))
            days = date(self.head.year, 1, 1), date(self.head.year, 12, 31)
            (beside,) = tables.engine.rows(scanner_calls(tables.dated["calls"], *days))
            traffic = count_traffic(tables, self.sources, self.head.year)
            return traffic, int(str(undated["undated"])), int(str(beside["scanners"]))

    @property
    def traffic(self) -> Sequence[Traffic]:
        """The calls by month and number."""
        return self._traffic[0]

    @property
    def undated_complaints(self) -> int:
        """Complaints that would count, had they a time of acceptance."""
        return self._traffic[1]

    @property
    def scanners(self) -> int:
        """Calls of scanners in the year."""
        return self._traffic[2]

    @cached_property
    def tickets(self) -> Sequence[Ticket]:
        """The complaints of the year."""
        with open_tables(self.enterprise, self.portrait) as tables:
            return list_tickets(tables, self.enterprise, self.head.year)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of the complaints."""
        return complaint_papers.count_tickets(self.tickets, self.head.as_of, self.sources)

    @cached_property
    def in_time(self) -> Claim:
        """Whether the tickets that D4 counts were answered and closed in time, as far as it is known by now."""
        clocks = complaint_papers.clock_counts(self.tickets, self.head.as_of)
        return build_in_time_claim(count_tickets(clocks, load_service_levels(self.enterprise), clock.moment()))

    @cached_property
    def statements(self) -> Statements:
        """What people have stated for the data year."""
        return load_statements(self.enterprise, self.head.year)

    def stated(self, claim: str) -> dict[str, str]:
        """Part of a claim -> what was stated."""
        return {part: statement.text for part, statement in self.statements.get(claim, {}).items()}

    def claim(self, name: str) -> Claim:
        """A claim as the data decide it; each is decided once."""
        if name not in self._decided:
            self._decided[name] = DECIDERS[name](self) if name in DECIDERS else registers.stated(name)
        return self._decided[name]

    def claims(self, item: str) -> Sequence[Claim]:
        """The claims that an item makes."""
        return [self.claim(name) for name, texts in CLAIMS.items() if item in texts.where]

    def say(self, name: str) -> documents.Line:
        """The sentence of a claim."""
        return documents.claim_line(
            self.claim(name),
            _,
            self.stated(name),
            year=self.head.year,
            day=self.head.as_of.isoformat(),
            first=f"{self.head.year}-01-01",
            read=clock.today().isoformat(),
            period=_("the year {year}").format(year=self.head.year),
        )

    def say_who_stated(self, item: str) -> list[documents.Line]:
        """Who has stated what an item prints and marks as stated."""
        people: dict[tuple[str, str], None] = {}
        for claim in self.claims(item):
            for part in printed_parts(claim, self.stated(claim.id)):
                statement = self.statements[claim.id][part]
                day = documents.day_text(statement.at.astimezone(clock.ZONE).date(), _)
                people[actor_text(statement.by, _), day] = None
        if not people:
            return []
        names = "、".join(f"{name}（{day}）" for name, day in sorted(people))
        return [
            documents.method_line(
                _("Content marked as the enterprise's own statement was filled in by: {people}.").format(people=names)
            )
        ]

    @cached_property
    def duty(self) -> tuple[str, ...]:
        """What the rulebook says of the duty to file an algorithm, with its source."""
        rule = checklist.get_rulebook(self.enterprise, self.head.as_of).in_force.get(checklist.DUTY)
        if rule is None:
            return ()
        duty = _("Algorithms that must be filed: {condition} ({citation}).")
        said = duty.format(condition=rule.value, citation=CITED.sub(r"《\1》\2", rule.citation))
        return tuple(filter(None, (said, rule.text_zh, rule.note_zh)))


PDF: Final = "application/pdf"
ALL: Final = "all"
CITED: Final = re.compile(r"^([^《》第]+)(第)")  # a law that is cited without its marks
SUMS: Final = "sums"  # under which their report keeps what must agree
_ = words(CHINESE)  # papers for the authority are Chinese, whoever asks for them


def _check(values: Values) -> Document:
    lines = checklist.list_all_items(values.enterprise, values.head.year, clock.today())
    states = [(line.item, line.state.value) for line in lines]
    compared = [
        (item, one.figure, one.paper, one.portrait)
        for item in FIGURES
        for one in self_check.compare_sums(_count_figures(item, values), values.portrait)
    ]
    return self_check.build_document(values.head, mask_portrait(values.portrait), compared, states, _)


def _registered(model: type[Version], enterprise: str) -> bool:
    return QuerySet(model).filter(enterprise_id=enterprise).exists()


def _by_licence(claim: str, name: str, attribute: str) -> Callable[[Values], Claim]:
    def decide(values: Values) -> Claim:
        rows = versions_on(Licence, values.enterprise, values.head.as_of)
        by_number = {str(row.number): value for row in rows if (value := getattr(row, attribute))}
        return registers.by_licence(claim, name, by_number)

    return decide


def _numbers_listed(values: Values) -> Claim:
    day = values.head.as_of
    used = [row for row in values.numbers if row.get("root") and registers.in_force(row, day)]
    roots = sorted(str(row["root"]) for row in used if row.get("filing") is not None)
    written = _registered(Number, values.enterprise)
    return registers.numbers_listed(roots, registers.count_untold_filing(used), written=written)


def _number_filing_known(values: Values) -> Claim:
    used = [row for row in values.numbers if registers.in_force(row, values.head.as_of)]
    return registers.number_filing_known(registers.count_untold_filing(used))


def _lines_listed(values: Values) -> Claim:
    written = _registered(NetworkLine, values.enterprise)
    return registers.register_count(
        "lines_listed", len(list_lines(values.enterprise, values.head.as_of)), written=written
    )


def _teams_listed(values: Values) -> Claim:
    count = versions_on(Team, values.enterprise, values.head.as_of).count()
    return registers.register_count("teams_listed", count, written=_registered(Team, values.enterprise))


def _seats_listed(values: Values) -> Claim:
    seats = values.listed_seats
    return registers.register_count(
        "seats_listed",
        len(seats),
        written=_registered(Seat, values.enterprise),
        robots=sum(row.get("kind") == registers.ROBOT for row in seats),
        untyped=sum(row.get("kind") is None for row in seats),
    )


def _robot_seats(values: Values) -> Claim:
    robots = [row for row in values.listed_seats if row.get("kind") == registers.ROBOT]
    return registers.register_count(
        "robot_seats",
        len(robots),
        written=_registered(Seat, values.enterprise),
        unknown=registers.count_untold_filing(robots),
        **registers.count_seats(robots, values.head.as_of),
    )


def _chain_whole(values: Values) -> Claim:
    """The chain is that of the installation: how many entries others have in it is theirs."""
    return registers.chain_whole(filter_entries(enterprise=values.enterprise).count(), whole=verify_chain().valid)


def _complaints_counted(values: Values) -> Claim:
    names = complaint_papers.name_sources(values.sources)
    return registers.complaints_counted(values.counts, names, written=_registered(Complaint, values.enterprise))


def _traffic_agrees(values: Values) -> Claim:
    sums = self_check.compare_sums(_count_figures(monthly_traffic.ITEM, values), values.portrait)
    return registers.traffic_agrees(
        sums,
        complaint_papers.name_sources(values.sources),
        recorded=monthly_traffic.is_recorded(values.traffic),
        written=_registered(Complaint, values.enterprise),
    )


#: What the data decide; every other claim of a paper is what a person states.
DECIDERS: Final[Mapping[str, Callable[[Values], Claim]]] = {
    "legal_representative": _by_licence("legal_representative", "names", "representative"),
    "office": _by_licence("office", "places", "address"),
    "numbers_listed": _numbers_listed,
    "number_filing_known": _number_filing_known,
    "lines_listed": _lines_listed,
    "teams_listed": _teams_listed,
    "seats_listed": _seats_listed,
    "records_protected": _chain_whole,
    "calls_retained": lambda values: registers.calls_retained(
        registers.days_without_calls(values.portrait), values.head.year
    ),
    "tickets_in_time": lambda values: values.in_time,
    "complaints_counted": _complaints_counted,
    "closed_after_response": lambda values: registers.closed_after_response(
        complaint_papers.count_closed_unanswered(values.tickets)
    ),
    "traffic_agrees": _traffic_agrees,
    "inbound_decided": lambda values: registers.inbound_decided(
        monthly_traffic.sum_traffic(values.traffic, "inbound_untold")
    ),
    "seat_filing_known": lambda values: registers.seat_filing_known(
        values.listed_seats, written=_registered(Seat, values.enterprise)
    ),
    "robot_seats": _robot_seats,
}


def _algorithm(values: Values) -> Document:
    item = registers.ALGORITHM_FILING
    lines = [*map(documents.rule_line, values.duty), *values.say_who_stated(item)]
    return registers.build_algorithm_filing(values.head, values.stated("algorithm"), lines, values.say, _)


def _sop(values: Values) -> Document:
    """By the rules of today, whatever year its figures are of."""
    routine = [
        {
            "text": task.text,
            "owner": task.owner,
            "every": _("every {days} days").format(days=task.every),
            "due": documents.day_text(task.due, _),
        }
        for task in watch_list.list_routine_tasks(values.enterprise)
    ]
    teams = {team.team_id: team.name for team in versions_on(Team, values.enterprise, values.head.as_of)}
    lines = [
        {**line, "team": f"{line['team']} {teams.get(str(line['team']), '')}".strip()} if line["team"] else line
        for line in list_lines(values.enterprise, values.head.as_of)
    ]
    notes = values.say_who_stated(complaint_papers.ITEM)
    book = checklist.get_rulebook(values.enterprise)
    return complaint_papers.build_document(values.head, book, lines, routine=routine, say=values.say, notes=notes, _=_)


ITEMS: Final[Mapping[str, Callable[[Values], Document]]] = {
    registers.NUMBER_LEDGER: lambda values: registers.build_number_ledger(values.head, values.numbers, _),
    registers.SEAT_TABLE: lambda values: registers.build_seat_table(values.head, values.seats, values.say, _),
    monthly_traffic.ITEM: lambda values: monthly_traffic.build_document(
        values.head,
        values.traffic,
        values.say,
        _,
        written=_registered(Complaint, values.enterprise),
        undated=values.undated_complaints,
        scanners=values.scanners,
    ),
    complaint_papers.RECORDS: lambda values: complaint_papers.build_records(
        values.head, values.tickets, values.sources, values.say, clock.today(), _
    ),
    registers.ITEM: lambda values: registers.build_document(
        values.head, values.say, values.say_who_stated(registers.ITEM), _
    ),
    registers.ALGORITHM_FILING: _algorithm,
    self_check.ITEM: _check,
    complaint_papers.ITEM: _sop,
}
INTERNAL: Final = frozenset({self_check.ITEM, complaint_papers.ITEM})  # for the house itself: no items of the checklist
# Figures of an item that must agree with the portrait.
FIGURES: Final[Mapping[str, Callable[[Values], dict[str, int]]]] = {
    registers.SEAT_TABLE: lambda values: registers.count_seats(values.seats, values.head.as_of),
    monthly_traffic.ITEM: lambda values: {
        one: monthly_traffic.sum_traffic(values.traffic, one) for one in ("outbound", "outbound_answered", "complaints")
    },
    complaint_papers.RECORDS: lambda values: values.counts,
}
OF_COMPLAINTS: Final = frozenset({"complaints", "tickets", "closed"})


def _count_figures(item: str, values: Values) -> dict[str, int]:
    """The figures of an item that must agree; of complaints none while their register was never filled in."""
    figures = FIGURES[item](values) if item in FIGURES else {}
    if figures.keys() & OF_COMPLAINTS and not _registered(Complaint, values.enterprise):
        return {name: count for name, count in figures.items() if name not in OF_COMPLAINTS}
    return figures


@dataclass(frozen=True, slots=True)
class GeneratedItem:
    """One item. ``version``: of the checklist, or None; ``files`` that were written; ``sums`` that must agree.

    Left as it was: ``confirmed`` by a person, or an upload that ``waits`` for one.
    """

    item: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    run: str
    sums: tuple[Sum, ...] = ()
    version: int | None = None
    files: tuple[Path, ...] = ()
    confirmed: bool = field(default=False)
    waits: bool = field(default=False)


@read_names_once()
def generate(
    *,
    enterprise: str,
    year: int,
    items: Sequence[str],
    folder: Path | None,
    actor: Actor,
    replace: bool = False,
    progress: Progress = silent,
) -> list[GeneratedItem]:
    """Set the items (`ALL`: every one that is due), into a folder, or as versions of the checklist.

    They name people where the paper must, so it takes the right to reveal; each is one audit entry. In the checklist an
    item that a person has confirmed is left as it is unless its blanks would differ now, an upload that waits for one
    unless ``replace`` says so, and what is no item of it (`INTERNAL`) is left out.
    NianjianError role_missing, portrait_missing, dossier_item_not_generated, dossier_version_returned,
    dossier_folder_unusable, rows_behind_erased, drawing_failed.
    """
    checklist.require_writable(actor, enterprise, year, Permission.VIEW_UNMASKED)
    values = Values(accounts.enterprise(enterprise).code, year)
    item_names = _expand_items(items, values, folder)
    states = {one.item: one for one in materials.list_items(enterprise, year, on=clock.today(), robots=values.robots)}
    results = []
    for done, item in enumerate(item_names):
        progress(item, done, len(item_names))
        if folder is None and (left := _left(states[item], values.head.run, replace=replace)) is not None:
            results.append(left)
            continue
        document = ITEMS[item](values)
        sums = self_check.compare_sums(_count_figures(item, values), values.portrait)
        findings = (*_findings(item, values), *self_check.find_disagreements(sums))
        if item in UNKNOWN_CELLS:
            findings += self_check.find_empty_cells(document.tables, UNKNOWN_CELLS[item](values))
        result = GeneratedItem(item, decide_verdict(findings), findings, values.head.run, sums)
        if folder is None and _has_blanks_of(states[item], findings):
            results.append(replaced(_keep(states[item], values.head.run), verdict=result.verdict, findings=findings))
            continue
        results.append(
            _added(values, result, document, actor) if folder is None else _put(values, result, document, folder, actor)
        )
    return results


def _left(line: Line, run: str, *, replace: bool) -> GeneratedItem | None:
    """An item that is not made anew: what people confirmed, or brought in and have not looked at yet."""
    last = line.newest
    if line.state is MaterialState.READY:
        return _keep(line, run)
    if replace or last is None or last.returned_at is not None or last.confirmed_at is not None:
        return None
    if materials.is_generated(last):  # one of ours, older
        return None
    return GeneratedItem(line.item, Verdict(last.verdict), (), run, version=last.number, waits=True)


def _keep(line: Line, run: str) -> GeneratedItem:
    number = None if line.newest is None else line.newest.number
    return GeneratedItem(line.item, Verdict.READY, (), run, version=number, confirmed=True)


def _has_blanks_of(line: Line, findings: Sequence[Finding]) -> bool:
    """Whether an item was confirmed with blanks, and would have the same if it were generated now."""
    if line.state is not MaterialState.BLANK or line.newest is None:
        return False
    before = [one for one in materials.read_report(line.newest)["findings"] if one["code"] in BLANKS]
    return bool(before == to_builtins([one for one in findings if one.code in BLANKS]))


#: A list made of a register -> how often each of its columns is not known.
UNKNOWN_CELLS: Final[Mapping[str, Callable[[Values], Mapping[str, int]]]] = {
    registers.NUMBER_LEDGER: lambda values: registers.count_unknown_numbers(values.numbers, values.head.as_of),
    registers.SEAT_TABLE: lambda values: registers.count_unknown_seats(values.seats, values.head.as_of),
}


def check(items: Sequence[str], *, files: bool) -> None:
    """Refuse what is not generated, or is no item of the checklist; dossier_item_not_generated."""
    choices = [*(one for one in ITEMS if files or one not in INTERNAL), ALL]
    for item in items:
        if item not in choices:
            raise NianjianError("dossier_item_not_generated", name=item, items=", ".join(choices))


def _expand_items(items: Sequence[str], values: Values, folder: Path | None) -> list[str]:
    check(items, files=folder is not None)
    due = [one for one in ITEMS if one != registers.ALGORITHM_FILING or values.robots]
    due = [one for one in due if folder is not None or one not in INTERNAL]
    return list(dict.fromkeys(one for item in items for one in (due if item == ALL else [item])))


def _findings(item: str, values: Values) -> tuple[Finding, ...]:
    stated = values.stated("legal_representative").get(TEXT)  # a person may have said who represents
    head = {
        "number": values.head.licence,
        "credit_code": values.head.credit_code,
        "legal_representative": stated or values.head.representative,
    }
    unknown = [field for field, text in head.items() if BLANK in text]
    blank = (Finding("generated_blank", Weight.ASK, values={"fields": ", ".join(unknown)}),) if unknown else ()
    unsigned = () if item in INTERNAL else (Finding("generated_unsigned", Weight.ASK),)
    missing: tuple[Finding, ...] = ()
    if item == registers.ALGORITHM_FILING and registers.is_filing_missing(values.stated("algorithm")):
        missing = (Finding("filing_missing", Weight.STOP),)
    return (
        *unsigned,
        *missing,
        *blank,
        *(finding for claim in values.claims(item) for finding in _unproved(claim, values)),
    )


def _unproved(claim: Claim, values: Values) -> Iterator[Finding]:
    """What would make a claim true that the paper does not make: a blank to fill in, or true figures in its place.

    A person's statement that the data refute stops the paper; one that nothing refutes fills the blank.
    """
    texts, stated = CLAIMS[claim.id], values.stated(claim.id)
    if is_contradicted(claim, stated):
        yield Finding("claim_contradicted", Weight.STOP, values={"claim": claim.id})  # its sentence may name a person
    blanks = open_parts(claim, stated)
    if claim.state == UNKNOWN and not blanks:
        return
    if not texts.released and not texts.refused:  # nobody's data decide it: only a person can
        yield Finding("claim_blank", Weight.ASK, values={"fields": ", ".join(f"{claim.id}.{part}" for part in blanks)})
        return
    weight = Weight.NOTE if claim.state == REFUSED and not blanks else Weight.ASK
    for lack in claim.lacks:
        details = {"rule": texts.rule, "lack": lack.code, "count": lack.count, "remedy": lack.code}
        yield Finding("claim_refused" if lack.known else "claim_unproved", weight, values=details)


def _added(values: Values, result: GeneratedItem, document: Document, actor: Actor) -> GeneratedItem:
    """As a version of the checklist; its entry is that of the version."""
    body = documents.pdf(document)
    pages = documents.pages(body)
    report = {
        "verdict": result.verdict.value,
        "findings": to_builtins(result.findings),
        "fields": {"as_of": values.head.as_of.isoformat(), RUN: result.run},
        SUMS: [asdict(one) for one in result.sums],
        "pages": pages,
    }
    file = File(f"{document.title}.pdf", PDF, body, pages, result.verdict, report, drawn(body, PDF))
    version = materials.store_version(
        place=Place(values.enterprise, values.head.year, result.item), file=file, actor=actor
    )
    return replaced(result, version=version.number)


def _put(values: Values, result: GeneratedItem, document: Document, folder: Path, actor: Actor) -> GeneratedItem:
    """As Word file, PDF and workbook into a folder; nobody else may read them."""
    forms = {"docx": documents.docx, "pdf": documents.pdf, "xlsx": documents.xlsx}
    bodies = {f"{document.title}.{ending}": draw(document) for ending, draw in forms.items()}
    data = {
        "year": values.head.year,
        "item": result.item,
        "run": result.run,
        "findings": [one.code for one in result.findings],
        "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()},
    }
    with transaction.atomic():
        record(verb="dossier.generated", enterprise=values.enterprise, actor=actor, data=data)
        return replaced(result, files=tuple(write_private_files(folder, bodies)))


def write_private_files(folder: Path, bodies: Mapping[str, bytes]) -> list[Path]:
    """Put files into a folder, closed to others; older ones of their names go. ``dossier_folder_unusable``."""
    with checklist.wrap_folder_errors(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, body in bodies.items():
            with files.replace_file(folder / name) as file:
                file.write(body)
    return [folder / name for name in bodies]


def generated_to_document(one: GeneratedItem, files: list[str]) -> GeneratedDocument:
    """What interfaces say of an item and its ``files``; the weight of a finding stays inside."""
    findings = [GeneratedFinding(finding.code, finding.values) for finding in one.findings]
    return GeneratedDocument(
        one.item, one.verdict, findings, one.run, one.sums, one.version, files, one.confirmed, one.waits
    )
