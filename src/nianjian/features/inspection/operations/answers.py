"""The answer cards (三句话 and more): what may truthfully be said to an inspector, each with its live proof (S7)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from nianjian.engines.gate.snapshot import write as snapshots
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import RELEASED, Claim
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.kernel.states import State
from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.lake.tables import days_of_commit
from nianjian.engines.paper.texts.claims import ANSWER, DECLARED, YES
from nianjian.features.complaints import one_click
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import Clock, TicketCounts, build_in_time_claim, count_tickets, evaluate_clock
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.dial_policy import decisions as live
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dossier.operations.checklist import list_items as items
from nianjian.features.dossier.states import DONE
from nianjian.features.inspection import claims
from nianjian.features.inspection.documents import AnswerCard, AnswerCards, Dialling, Retention, RobotUse
from nianjian.features.inspection.operations import dialling, logs
from nianjian.features.inspection.queries import CheckBasis, open_calls
from nianjian.features.portrait.operations import compute_portrait
from nianjian.features.reconciliation.comparisons import CALLS
from nianjian.features.reconciliation.models import Run
from nianjian.features.reconciliation.operations import list_runs
from nianjian.features.reconciliation.queries import get_run, list_unsettled_runs
from nianjian.platform.accounts.query import Actor
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import load_statements
from nianjian.platform.home import wiring
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.consents import Consent
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.numbers import Number
from nianjian.platform.registers.seats import Seat, has_seats
from nianjian.platform.registers.social_insurance import Contribution
from nianjian.platform.registers.staff import Person
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import Version, current_versions, versions_on
from nianjian.platform.registers.wages import Payment
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar

TRIED: Final = 200  # one-click addresses that are tried, a tenth of a second each
CLASSES: Final = tuple(one.value for one in NumberClass if one is not NumberClass.OWN_SHORT)
LIGHTS: Final = ("complaint_rate", "closing_rate")
OK: Final = 200


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Delivered and own calls since the data year ``year`` began, and the lights of that year.

    ``delivered`` None where it cannot be counted; ``problem`` says why. ``unrecorded``: days without a call and
    without a confirmed reason.
    """

    year: int
    delivered: int | None = None
    own: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)
    unrecorded: int = 0
    lights: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterFigures:
    """``gateways``: number -> its gateway; ``…_bare``: without a carrier, an agreement; ``proved``: of the consents."""

    numbers: list[str]
    filed: int
    gateways: dict[str, str]
    lines: set[str]
    lines_used: int
    lines_bare: int
    teams: int
    teams_bare: int
    consents: int
    proved: int


@dataclass(frozen=True, slots=True)
class NumberUse:
    """Calls of own numbers over another gateway, and over none that is named; ``unnamed``: they name no line."""

    calls: int
    elsewhere: int
    untold: int
    unnamed: int
    strange: int
    intents: int
    days: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class OneClickFigures:
    """Open addresses, those that answer, those that were not tried; numbers, and those without an address."""

    doors: int
    alive: int
    untried: int
    numbers: int
    without: list[str]


def fetch_number_figures(grounds: CheckBasis) -> CallFigures:
    """Delivered and own calls since the data year that is reported next began, and the lights of that year."""
    year = data_year(upcoming(grounds.book, grounds.day, calendar()), grounds.day)
    figures = CallFigures(year)
    try:
        for one in sorted({year, grounds.day.year}):
            as_of = grounds.day if one == grounds.day.year else None
            result = compute_portrait(enterprise=grounds.enterprise, year=one, as_of=as_of, province=None)
            metric = result.metric("number_consistency")
            silent: Any = result.quality["days_without_records"]
            counts = {str(name): int(str(count)) for name, count in metric.components.items()}
            figures = replace(
                figures,
                delivered=(figures.delivered or 0) + metric.verdict.denominator,
                own=figures.own + metric.verdict.numerator,
                classes={name: figures.classes.get(name, 0) + counts.get(name, 0) for name in CLASSES},
                unrecorded=figures.unrecorded + silent["unconfirmed"]["count"],
            )
            if one == year:
                lights = {slug: result.metric(slug).verdict.light.value for slug in LIGHTS}
                figures = replace(figures, lights=lights)
    except NianjianError as fault:
        return replace(figures, delivered=None, problem=fault.code)
    return figures


def tickets_since(grounds: CheckBasis, first: date) -> TicketCounts:
    """The clocks of every ticket that arrived from a day on, as they stand now; excluded ones are left out."""
    names = ("arrived_at", "responded_at", "called_back_at", "closed_at", "reopened_at", "exclusion", "accepted_at")
    rows = complaints.current_tickets(grounds.enterprise).filter(exclusion=None).only(*names).iterator(chunk_size=2000)
    in_period = (
        complaints.ticket_facts(row)
        for row in rows
        if (moment := row.arrived_at or row.accepted_at) is None or first <= day_of(moment) <= grounds.day
    )
    return count_tickets(in_period, load_service_levels(grounds.enterprise), clock.now())


def read_registers(grounds: CheckBasis) -> RegisterFigures:
    """Numbers, lines, teams and consents as the registers hold them on the day."""
    enterprise, day = grounds.enterprise, grounds.day
    numbers = [row for row in versions_on(Number, enterprise, day) if in_force(row, day)]
    lines = list(versions_on(Line, enterprise, day))
    used = [row for row in lines if row.closed_on is None or row.closed_on > day]
    teams = list(versions_on(Team, enterprise, day))
    consents = versions_on(Consent, enterprise, day)
    proved = consents.exclude(obtained_by=None).exclude(obtained_at=None).exclude(proof=None).exclude(proof="")
    return RegisterFigures(
        numbers=[str(row.key) for row in numbers],
        filed=sum(row.filing == "filed" and row.filed_on is not None and row.filed_on <= day for row in numbers),
        gateways={str(row.key): row.gateway for row in numbers if row.gateway},
        lines={str(row.key) for row in lines},
        lines_used=len(used),
        lines_bare=sum(not row.carrier for row in used),
        teams=len(teams),
        teams_bare=sum(row.kind == "outsourced" and not row.agreement for row in teams),
        consents=consents.count(),
        proved=proved.count(),
    )


def in_force(row: Number, day: date) -> bool:
    """Whether a number is the firm's on a day."""
    begun = row.valid_since is None or row.valid_since <= day
    return row.filing != "cancelled" and begun and (row.valid_until is None or row.valid_until >= day)


def count_number_use(grounds: CheckBasis, first: date, ledger: Mapping[str, str], line_ids: Iterable[str]) -> NumberUse:
    """Calls of own numbers by gateway, lines that no register knows, robots' intents; since a day."""
    with open_calls(grounds.enterprise) as lake:
        rows = claims.select_delivered(lake.tables["calls"], first, grounds.day)
        landed = lake.engine.rows(claims.count_by_gateway(rows))
        lines = {row["line_id"]: int(str(row["calls"])) for row in lake.engine.rows(claims.count_by_line(rows))}
        dialled = claims.select_dialled(lake.tables["calls"], first, grounds.day)
        days = {row["day"]: int(str(row["calls"])) for row in lake.engine.rows(claims.count_by_day(dialled))}
        (intents,) = lake.engine.rows(claims.count_intents(rows))
    unnamed = lines.pop(None, 0)
    total = elsewhere = untold = 0
    for row in landed:
        root = root_of(str(row["number"]), ledger)
        count = int(str(row["calls"]))
        total += count
        if root is None or not row["gateway"]:
            untold += count
        elif row["gateway"] != ledger[root]:
            elsewhere += count
    return NumberUse(
        calls=total,
        elsewhere=elsewhere,
        untold=untold,
        unnamed=unnamed,
        strange=len({str(line) for line in lines} - set(line_ids)),
        intents=int(str(intents["intents"] or 0)),
        days={day: count for day, count in days.items() if isinstance(day, date) and day < grounds.day},
    )


def root_of(number: str, ledger: Iterable[str]) -> str | None:
    """The number of the ledger that a displayed one extends; of several the longest, which is granted by itself."""
    return max((one for one in ledger if number.startswith(one)), key=len, default=None)


def check_one_click(grounds: CheckBasis, numbers: Iterable[str]) -> OneClickFigures:
    """Each open address is gone through to its end in this process: the page, the ticket, its two clocks.

    The ticket is opened in a transaction that is taken back: nothing of it stays, in the audit chain either.
    """
    doors = list(one_click.list_doors(grounds.enterprise))
    alive = [one for one in doors[:TRIED] if _page_answers(one.token) and _ticket_opens(grounds.enterprise, one.token)]
    there = {one.number for one in doors}
    roots = list(numbers)
    without = [one for one in roots if not any(door.startswith(one) for door in there)]
    return OneClickFigures(len(doors), len(alive), len(doors[TRIED:]), len(roots), without)


def _page_answers(token: str) -> bool:
    """Whether the public page answers, through every layer that a stranger's request goes through."""
    host = next((one for one in settings.ALLOWED_HOSTS if one.strip("*.")), "localhost").lstrip(".")
    answer = Client(SERVER_NAME=host).get(reverse("complain", args=[token]), secure=True)
    return answer.status_code == OK and b"<form" in answer.content


def _ticket_opens(enterprise: str, token: str) -> bool:
    texts = {"complainant": "13800138000", "content": "自检", "category": "其他"}
    try:
        with transaction.atomic():
            key = one_click.submit_complaint(token=token, once=f"self-check-{token}", texts=texts)
            row = complaints.load_current_tickets(enterprise, [key])[key]
            facts, terms, now = complaints.ticket_facts(row), load_service_levels(enterprise), clock.now()
            clocks = [evaluate_clock(one, facts, terms, now) for one in Clock]
            transaction.set_rollback(True)
    except NianjianError:
        return False
    return all(one.due is not None for one in clocks)


ALGORITHM: Final = "algorithm_filing"
STEPS: Final = 6
#: Cards that rest on what was counted since a day: of the data year, or of the days of which dialling is judged.
OF_YEAR: Final = ("own_numbers", "tickets_in_time")
OF_DAYS: Final = ("robot_abilities", "ai_outbound", "predictive", "number_use", "resources")


def check_answers(*, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = silent) -> AnswerCards:
    """Every card as at a day (None: today). ``role_missing``, ``inspection_day_wrong``.

    Cost: that of the portrait, of `check_logs` and of `check_dialling`.
    """
    grounds = CheckBasis.of(enterprise, as_of, actor)
    progress("", 0, STEPS)
    retention = logs.check_logs(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 1, STEPS)
    dialled = dialling.check_dialling(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 2, STEPS)
    return build_cards(grounds, retention, dialled, progress)


def build_cards(
    grounds: CheckBasis, retention: Retention, dialled: Dialling, progress: Progress = silent
) -> AnswerCards:
    """The cards from what was looked up, and what is looked up here."""
    numbers = fetch_number_figures(grounds)
    progress("", 3, STEPS)
    first = date(numbers.year, 1, 1)
    register = read_registers(grounds)
    used = count_number_use(grounds, date.fromisoformat(dialled.from_), register.gateways, register.lines)
    progress("", 4, STEPS)
    doors = check_one_click(grounds, register.numbers)
    progress("", 5, STEPS)
    robots = _robot_figures(grounds, dialled.ai, used.intents, numbers.year)
    stated = read_declarations(grounds.enterprise)
    sums = {name: sum(getattr(one, name) for one in dialled.teams) for name in ("calls", "over", "answered", "alone")}
    predictive = claims.absence("predictive", dialled.verdict, sums, stated.get("predictive"))
    figures = {"seats": robots.seats, "robot_calls": robots.calls}
    compared = find_comparison(grounds, "numbers")
    cards = [
        claims.own_numbers(numbers.delivered, numbers.own, numbers.classes, unrecorded=numbers.unrecorded),
        claims.robot_abilities(robots),
        build_in_time_claim(tickets_since(grounds, first)),
        claims.absence("ai_outbound", dialled.ai.verdict, figures, stated.get("ai_outbound")),
        predictive,
        claims.one_click(**asdict(doors) | {"without": len(doors.without)}, declared=stated.get("one_click")),
        claims.logs({one.log: one.state for one in retention.logs}),
        claims.number_filing(
            len(register.numbers),
            register.filed,
            None if compared is None else compared.verdict,
            recent=compared is None or compared.recent,
        ),
        claims.number_use(used.calls, used.elsewhere, used.untold),
        claims.resources(
            register.lines_used,
            register.lines_bare,
            used.strange,
            register.teams_bare,
            used.unnamed,
            listed_teams=register.teams,
        ),
        claims.conduct(numbers.lights or dict.fromkeys(LIGHTS, "unknown"), predictive),
        _control_claim(grounds, used.days),
        claims.consent(register.consents, register.proved),
    ]
    since = dict.fromkeys(OF_YEAR, first.isoformat()) | dict.fromkeys(OF_DAYS, dialled.from_)
    return AnswerCards(
        enterprise=grounds.enterprise,
        as_of=grounds.day.isoformat(),
        at=clock.now().astimezone(clock.ZONE).isoformat(timespec="seconds"),
        cards=[
            AnswerCard(one.id, one.state, dict(one.figures), list(one.lacks), stated.get(one.id), since.get(one.id))
            for one in cards
        ],
        released=sum(one.state == RELEASED for one in cards),
        all=len(cards),
        problem=numbers.problem,
        rulebook=grounds.stamp(),
    )


def read_declarations(enterprise: str) -> dict[str, bool]:
    """Card -> whether the enterprise states that it does or has this; without those of which it states nothing."""
    statements = load_statements(enterprise, STANDING)
    answers = {card: statements.get(card, {}).get(ANSWER) for card in DECLARED}
    return {card: answer.text == YES for card, answer in answers.items() if answer}


def _robot_figures(grounds: CheckBasis, ai: RobotUse, intents: int, year: int) -> claims.RobotFigures:
    checklist = items(grounds.enterprise, year, grounds.actor, grounds.day)
    form = next((one for one in checklist if one.item == ALGORITHM), None)
    untold = not ai.calls and not has_seats(grounds.enterprise)  # asked for because nothing tells that there is none
    return claims.RobotFigures(
        seats=ai.seats.open,
        filed=ai.seats.filed,
        calls=ai.calls,
        answered=ai.answered,
        intents=intents,
        asked=ai.transfers.asked,
        put_through=ai.transfers.put_through,
        in_time=ai.transfers.in_time,
        item=None if form is None or not form.required or untold else form.state in DONE,
    )


def _control_claim(grounds: CheckBasis, calls: Mapping[date, int]) -> Claim:
    """The gate as it is now, and of the last day with calls that is over how many it let through."""
    state = live.get_state(enterprise=grounds.enterprise, actor=grounds.actor)
    place = gate_feed.snapshot_folder()
    part = None if snapshots.current_manifest(place) is None else snapshots.read_tenant(place, grounds.enterprise)
    policy = part or {}
    refuses = bool(policy.get("enforce")) and not any(line.get("observing") for line in policy["channels"])
    day = max(calls, default=None)
    return claims.control(
        state.snapshot.state,
        None if day is None else calls[day],
        0 if day is None else live.count_allowed(enterprise=grounds.enterprise, day=day, actor=grounds.actor),
        enforced=refuses,  # on every line: a new one is only observed at first
        answers=state.process.status == "ok",
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest comparison of a kind; ``recent``: it is of this season, and its registers are as they were then."""

    verdict: str
    as_of: str
    recent: bool


#: Kind of comparison -> registers it reads; what was entered since it was made was not compared.
COMPARED: Final[Mapping[str, tuple[type[Version], ...]]] = {
    "people": (Person, Payment, Contribution, Seat, Team, Licence), "seats": (Seat,), "numbers": (Number,),
    "lines": (Line,),
}  # fmt: skip


def find_comparison(grounds: CheckBasis, kind: str) -> Comparison | None:
    """The newest comparison of a kind; None: there is none.

    It has failed, too, where differences of an older one are open whose days were not compared again.
    """
    runs = list_runs(enterprise=grounds.enterprise, actor=grounds.actor, count=1, kind=kind)
    if not runs:
        return None
    made_at = datetime.fromisoformat(runs[0].made_at)
    left = [count for _run, count in list_unsettled_runs(grounds.enterprise, kind)]
    verdict = State.FAILED if any(count > runs[0].allowed for count in left) else runs[0].verdict
    season = data_year(upcoming(grounds.book, grounds.day, calendar()), grounds.day)
    changed = any(
        current_versions(model, grounds.enterprise).filter(recorded_at__gt=made_at).exists()
        for model in COMPARED.get(kind, ())
    ) or (kind == Run.SOURCES and _have_calls_changed(get_run(runs[0].run)))
    recent = runs[0].as_of >= date(season, 1, 1) and not changed
    return Comparison(str(verdict), runs[0].as_of.isoformat(), recent)


def _have_calls_changed(run: Run) -> bool:
    """Whether calls of the days that a comparison of call sources looked at came in, or went, since it was made.

    A commit of erased calls names the month up to which they went.
    """
    version, first = run.told.get("calls_version"), run.first
    if version is None or first is None:
        return True
    for entry in wiring.lake(run.enterprise_id).history(CALLS, version):
        days = days_of_commit(entry)
        if days is None and f"{first:%Y-%m}" < str(entry.get("month", "9999")):
            return True
        if any(first <= day <= run.as_of for day in days or ()):
            return True
    return False
