"""What the board over all enterprises says: how many stand how, which are worst, what is to be done, what comes due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.paper.days import day_text, moment_text
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.inbox.obstacles import OVERDUE
from nianjian.features.overview import attention
from nianjian.features.overview import texts as said
from nianjian.features.overview.deadlines import present_deadline
from nianjian.features.overview.facts import RED, UNPROVEN, PortfolioEntry
from nianjian.features.overview.item_presenters import ACROSS, item_address, overdue_text
from nianjian.features.overview.verdict import FINE, GRAVITY
from nianjian.features.overview.worklist import Item
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.rulebook.deadlines import Deadline
from nianjian.platform.web.days import format_day
from nianjian.platform.web.tables import Cell, Column, Row, Table

NAMED: Final = 3  # enterprises that a line names
SOON: Final = 4  # deadlines beside the list


@dataclass(frozen=True, slots=True)
class Standing:
    """A light with the enterprises that have it: the first ``names`` with their addresses, and ``rest`` more."""

    light: str
    word: str
    names: Sequence[tuple[str, str]]
    rest: int


@dataclass(frozen=True, slots=True)
class BoardVerdict:
    """The gravest ``light``, one sentence, what is overdue, and for each light that asks for something its names."""

    light: str
    word: str
    sentence: str
    overdue: str
    standings: Sequence[Standing]
    first: str  # address of the most urgent enterprise; "" where all is well


@dataclass(frozen=True, slots=True)
class OfEnterprise:
    """Something to be done at an enterprise."""

    enterprise: Enterprise
    item: Item


def light_of(entry: PortfolioEntry) -> str:
    """The light of an enterprise; what nobody has computed is unproven."""
    return entry.light or UNPROVEN


def build_verdict(
    entries: Sequence[PortfolioEntry], items: Sequence[OfEnterprise], today: date, _: Words
) -> BoardVerdict:
    """Judge many enterprises, each light's most urgent one first.

    The most urgent of all is the first red one, else who has the oldest overdue thing, else the first of the gravest.
    """
    by_light: dict[str, list[Enterprise]] = {}
    for entry in entries:
        by_light.setdefault(light_of(entry), []).append(entry.enterprise)
    lights = sorted(by_light, key=GRAVITY.index, reverse=True)
    words = {light: code_name("light", light, _) for light in lights}
    part = gettext("{n} {light}")
    counts = _(", ").join(part.format(n=count_text(len(by_light[light])), light=words[light]) for light in lights)
    grave = [light for light in lights if light not in FINE]
    late = [one for one in items if (left := one.item.days_left(today)) is not None and left < 0]
    worst = None
    if grave and (grave[0] == RED or not late):
        worst = by_light[grave[0]][0]
    elif late:
        worst = late[0].enterprise
    sentence = (
        gettext("Enterprises: {counts}; the most urgent is {worst}.") if worst else gettext("Enterprises: {counts}.")
    )
    return BoardVerdict(
        light=lights[0],
        word=words[lights[0]],
        sentence=sentence.format(counts=counts, worst=worst.name if worst else ""),
        overdue=_describe_overdue(late),
        standings=[_name_some(light, words[light], by_light[light]) for light in grave],
        first=reverse("overview", args=[worst.code]) if worst else "",
    )


def _name_some(light: str, word: str, enterprises: Sequence[Enterprise]) -> Standing:
    names = [(one.name, reverse("overview", args=[one.code])) for one in enterprises[:NAMED]]
    return Standing(light, word, names, len(enterprises) - len(names))


def _describe_overdue(late: Sequence[OfEnterprise]) -> str:
    if not late:
        return ""
    count = sum(one.item.count for one in late)
    text = gettext("Overdue: {n}; enterprises concerned: {enterprises}")
    return text.format(n=count_text(count), enterprises=len({one.enterprise.code for one in late}))


# ---- what is to be done


def list_items(entries: Sequence[PortfolioEntry], actor: Actor, today: date) -> list[OfEnterprise]:
    """Everything with a day, the most overdue first, then what has none; of enterprises in their order."""
    known = {entry.enterprise.code: entry.enterprise for entry in entries}
    found = [OfEnterprise(known[code], item) for code, item in _list_requests(list(known), actor, today)]
    for entry in entries:
        found += [OfEnterprise(entry.enterprise, item) for item in _list_of_entry(entry)]
    return sorted(found, key=lambda one: one.item.due or date.max)


def _list_of_entry(entry: PortfolioEntry) -> Iterator[Item]:
    if entry.tickets:
        count, since = entry.tickets
        yield Item(OVERDUE, {"since": since}, day_of(since), count=count)
    for report in entry.late:
        yield Item(attention.LATE, {"track": report.track, "year": report.year, "due": report.due}, report.due)
    for one in entry.expired:
        yield Item(
            attention.EXPIRED, {"kind": one.kind, "keys": one.keys, "count": one.count, "until": one.until}, one.until
        )
    for case, days in entry.cases:
        due = days.due.day
        yield Item(attention.CASE, {"case": case.pk, "due": due, "causes": list(case.causes)}, due)
    if not entry.light:
        yield Item(attention.NOT_RUN)


def _list_requests(codes: list[str], actor: Actor, today: date) -> Iterator[tuple[str, Item]]:
    """What waits for the reader's decision."""
    able = {one.code for one in list_accessible_enterprises(actor, Permission.APPROVE)}.intersection(codes)
    for one in approvals.list_pending_at(able, besides=str(actor), most=attention.MOST) if able else ():
        values = {"approval": one.id, "kind": one.kind, "by": one.requested_by, "at": one.requested_at}
        yield one.enterprise, Item(attention.APPROVAL, values, today)


@dataclass(frozen=True, slots=True)
class Said:
    """In which words, and on which day, rows are told."""

    _: Words
    today: date


def present_item(one: OfEnterprise, told: Said) -> dict[str, object]:
    """A row of the list: when, what and why, at whom, its button and its page."""
    item, code, _ = one.item, one.enterprise.code, told._
    left = item.days_left(told.today)
    title, why, button = said.ITEMS[item.code]
    if item.code == attention.APPROVAL:
        at = moment_text(item.values["at"], told.today, _)
        further: dict[str, object] = {"by": actor_text(str(item.values["by"]), _), "at": at}
        further["what"] = translate_value("kind", item.values["kind"], _)
    else:
        further = ACROSS[item.code](item, told)
    values = {**item.values, "n": count_text(item.count), **further}
    return {
        "title": _(title).format(**values),
        "why": _(why).format(**values),
        "button": _(button),
        "address": item_address(item, None, code, None),
        "enterprise": one.enterprise,
        "day": "" if item.due is None else day_text(item.due, told.today, _),
        "left": "" if left is None or left <= 1 else gettext("{n} days left").format(n=left),
        "overdue": overdue_text(item, left),
        "waits": item.code == attention.APPROVAL,
    }


# ---- what comes due


def list_deadlines(entries: Sequence[PortfolioEntry], _: Words) -> list[dict[str, object]]:
    """The next days, each once with the enterprises that it binds; what is over stands in the list of what is to do."""
    bound: dict[tuple[date, date, str], list[tuple[Deadline, Enterprise]]] = {}
    for entry in entries:
        own = {(one.last, one.day, one.rule.key): one for one in entry.calendar.deadlines if one.days >= 0}
        for key, one in own.items():
            bound.setdefault(key, []).append((one, entry.enterprise))
    return [_present_bound(bound[key], _) for key in sorted(bound)[:SOON]]


def _present_bound(bound: Sequence[tuple[Deadline, Enterprise]], _: Words) -> dict[str, object]:
    deadline, enterprise = bound[0]
    told = present_deadline(deadline, enterprise.code, _)
    if len(bound) > 1:
        return told | {"whose": gettext("{n} enterprises").format(n=count_text(len(bound))), "href": ""}
    return told | {"whose": enterprise.name, "href": told["href"] or reverse("season", args=[enterprise.code])}


# ---- the table


def build_table(rows: Sequence[PortfolioEntry | Enterprise], *, ticks: bool, empty: str, clear: str, _: Words) -> Table:
    """Where each stands; rows of which the reader sees a team alone have no tick and say so."""
    columns = [
        Column(gettext("Enterprise"), brief="start"),
        Column(gettext("Light"), brief="end"),
        Column(gettext("Nearest deadline"), brief="start"),
        Column(gettext("Points in red"), figure=True),
        Column(gettext("Headroom"), figure=True),
        Column(gettext("Newest call"), brief="end"),
        Column(gettext("Last run")),
        Column(gettext("Province")),
        Column(gettext("Data year"), figure=True),
    ]
    body = [_own_row(one) if isinstance(one, Enterprise) else _entry_row(one, _) for one in rows]
    form = "several" if ticks else ""
    return Table(
        gettext("Enterprises"), columns, body, form=form, ticks=form, tick="enterprise", empty=empty, clear=clear
    )


def _own_row(one: Enterprise) -> Row:
    href = reverse("overview", args=[one.code])
    cells = [Cell(one.name, href=href, key=one.code), Cell(gettext("your own team's figures"), tone="soft")]
    return Row([*cells, *[Cell("")] * 7], name=one.name, href=href)


def _entry_row(entry: PortfolioEntry, _: Words) -> Row:
    one, earliest = entry.enterprise, entry.calendar.earliest
    href, light = reverse("overview", args=[one.code]), light_of(entry)
    due = present_deadline(earliest, one.code, _) if earliest else None
    run = format_day(day_of(datetime.fromisoformat(entry.run.moment))) if entry.run else ""
    cells = [
        Cell(one.name, href=href, key=one.code),
        Cell(code_name("light", light, _), code=light),
        Cell(f"{due['left']} · {due['title']}" if due else "–", tone="overdue" if due and due["over"] else ""),
        Cell(entry.red or ("0" if entry.light else "–"), figure=True),
        Cell(_describe_room(entry.room), figure=True),
        Cell(said.ago(entry.age, _)),
        Cell(run or ("–" if entry.light else gettext("no portrait yet")), tone="" if run else "soft"),
        Cell(one.province or "–"),
        Cell(entry.year or "–", figure=True),
    ]
    return Row(cells, name=one.name, href=href, value=one.code)


def _describe_room(room: Fraction | None) -> str:
    """The least headroom of the metrics; beyond a limit a share says nothing that one could do."""
    if room is None:
        return "–"
    return gettext("over the limit") if room < 0 else f"{float(room * 100):.1f} %"
