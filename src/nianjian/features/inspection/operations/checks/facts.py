"""What the answers rest on, looked up now: portrait, tickets, registers, gate, one-click addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.features.complaints import one_click
from nianjian.features.complaints import one_click as doors
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import Clock, TicketCounts, count_tickets, evaluate_clock
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.inspection import cards
from nianjian.features.inspection.operations.checks.grounds import Grounds, Json, calls
from nianjian.features.portrait.operations import compute_portrait
from nianjian.platform.registers.consents import Consent
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.numbers import Number
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar

TRIED: Final = 200  # one-click addresses that are tried, a tenth of a second each
CLASSES: Final = tuple(one.value for one in NumberClass if one is not NumberClass.OWN_SHORT)
LIGHTS: Final = ("complaint_rate", "closing_rate")
OK: Final = 200


def shown_numbers(grounds: Grounds) -> Json:
    """Delivered and own calls since the data year that is reported next began, and the lights of that year.

    ``delivered`` None where it cannot be counted; ``problem`` says why.
    """
    year = data_year(upcoming(grounds.book, grounds.day, calendar()), grounds.day)
    found: Json = {"year": year, "delivered": None, "own": 0, "classes": {}, "lights": {}, "problem": None}
    try:
        for one in sorted({year, grounds.day.year}):
            as_of = grounds.day if one == grounds.day.year else None
            result = compute_portrait(enterprise=grounds.enterprise, year=one, as_of=as_of, province=None)
            told = result.metric("number_consistency")
            counts = {str(name): int(str(count)) for name, count in told.components.items()}
            found["delivered"] = (found["delivered"] or 0) + told.verdict.denominator
            found["own"] += told.verdict.numerator
            for name in CLASSES:
                found["classes"][name] = found["classes"].get(name, 0) + counts.get(name, 0)
            if one == year:
                found["lights"] = {slug: result.metric(slug).verdict.light.value for slug in LIGHTS}
    except NianjianError as fault:
        return found | {"delivered": None, "problem": fault.code}
    return found


def tickets(grounds: Grounds, first: date) -> TicketCounts:
    """The clocks of every ticket that arrived from a day on, as they stand now; excluded ones are left out."""
    names = ("arrived_at", "responded_at", "called_back_at", "closed_at", "reopened_at", "exclusion", "accepted_at")
    rows = complaints.current_tickets(grounds.enterprise).filter(exclusion=None).only(*names).iterator(chunk_size=2000)
    in_period = (
        complaints.ticket_facts(row) for row in rows if _within(row.arrived_at or row.accepted_at, first, grounds.day)
    )
    return count_tickets(in_period, load_service_levels(grounds.enterprise), clock.now())


def _within(moment: datetime | None, first: date, last: date) -> bool:
    return moment is None or first <= moment.astimezone(clock.ZONE).date() <= last


def registered(grounds: Grounds) -> Json:
    """Numbers, lines, teams and consents as the registers hold them on the day."""
    enterprise, day = grounds.enterprise, grounds.day
    numbers = [row for row in versions_on(Number, enterprise, day) if in_force(row, day)]
    lines = list(versions_on(Line, enterprise, day))
    used = [row for row in lines if row.closed_on is None or row.closed_on > day]
    outsourced = versions_on(Team, enterprise, day).filter(kind="outsourced")
    consents = versions_on(Consent, enterprise, day)
    proved = consents.exclude(obtained_by=None).exclude(obtained_at=None).exclude(proof=None).exclude(proof="")
    return {
        "numbers": [str(row.key) for row in numbers],
        "filed": sum(row.filing == "filed" and row.filed_on is not None and row.filed_on <= day for row in numbers),
        "gateways": {str(row.key): row.gateway for row in numbers if row.gateway},
        "lines": {str(row.key) for row in lines},
        "lines_used": len(used),
        "lines_bare": sum(not row.carrier for row in used),
        "teams_bare": sum(not row.agreement for row in outsourced),
        "consents": consents.count(),
        "proved": proved.count(),
    }


def in_force(row: Number, day: date) -> bool:
    """Whether a number is the firm's on a day."""
    begun = row.valid_since is None or row.valid_since <= day
    return row.filing != "cancelled" and begun and (row.valid_until is None or row.valid_until >= day)


def used(grounds: Grounds, first: date, ledger: Mapping[str, str], known: Iterable[str]) -> Json:
    """Calls of own numbers by gateway, lines that no register knows, robots' intents; since a day."""
    with calls(grounds.enterprise) as lake:
        rows = cards.delivered(lake.tables["calls"], first, grounds.day)
        landed = lake.engine.rows(cards.gateways(rows))
        lines = {str(row["line_id"]) for row in lake.engine.rows(cards.lines(rows))}
        (intents,) = lake.engine.rows(cards.intents(rows))
    total = elsewhere = untold = 0
    for row in landed:
        root = root_of(str(row["number"]), ledger)
        count = int(str(row["calls"]))
        total += count
        if root is None or not row["gateway"]:
            untold += count
        elif row["gateway"] != ledger[root]:
            elsewhere += count
    return {
        "calls": total, "elsewhere": elsewhere, "untold": untold, "strange": len(lines - set(known)),
        "intents": int(str(intents["intents"] or 0)),
    }  # fmt: skip


def root_of(number: str, ledger: Iterable[str]) -> str | None:
    """The number of the ledger that a displayed one extends; of several the longest, which is granted by itself."""
    return max((one for one in ledger if number.startswith(one)), key=len, default=None)


def one_click_alive(grounds: Grounds, numbers: Iterable[str]) -> Json:
    """Each open address is gone through to its end in this process: the page, the ticket, its two clocks.

    The ticket is opened in a transaction that is taken back: nothing of it stays, in the audit chain either.
    """
    found = list(doors.list_doors(grounds.enterprise))
    alive = [one for one in found[:TRIED] if _page(one.token) and _ticket(grounds.enterprise, one.token)]
    there = {one.number for one in found}
    wanted = list(numbers)
    without = [one for one in wanted if not any(door.startswith(one) for door in there)]
    return {
        "doors": len(found), "alive": len(alive), "untried": len(found[TRIED:]), "numbers": len(wanted),
        "without": without,
    }  # fmt: skip


def _page(token: str) -> bool:
    """Whether the public page answers, through every layer that a stranger's request goes through."""
    host = next((one for one in settings.ALLOWED_HOSTS if one.strip("*.")), "localhost").lstrip(".")
    answer = Client(SERVER_NAME=host).get(reverse("complain", args=[token]), secure=True)
    return answer.status_code == OK and b"<form" in answer.content


def _ticket(enterprise: str, token: str) -> bool:
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


def moment() -> str:
    """Now, as figures are dated."""
    now: datetime = clock.now()
    return now.astimezone(clock.ZONE).isoformat(timespec="seconds")
