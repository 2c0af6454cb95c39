"""The portfolio: where each enterprise stands that concerns a person, and what is done at several at once."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless
from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.paper.days import calendar_day, weekday_text
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.texts.portrait import LIGHTS, code_name
from nianjian.engines.paper.texts.season import TASKS
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.inbox.obstacles import OVERDUE
from nianjian.features.overview import attention, facts
from nianjian.features.overview import texts as said
from nianjian.features.overview.facts import RED, UNPROVEN, PortfolioEntry
from nianjian.features.overview.item_presenters import ACROSS, item_address, present_deadline, present_row
from nianjian.features.overview.verdict import FINE, GRAVITY
from nianjian.features.overview.worklist import Item
from nianjian.features.season import operations as bulk
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Actor, Enterprise, holds
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.home.http import as_attachment
from nianjian.platform.rulebook.deadlines import Deadline
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.days import format_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
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
    by_code = {entry.enterprise.code: entry.enterprise for entry in entries}
    items = [OfEnterprise(by_code[code], item) for code, item in _list_requests(list(by_code), actor, today)]
    for entry in entries:
        items += [OfEnterprise(entry.enterprise, item) for item in _list_of_entry(entry)]
    return sorted(items, key=lambda one: one.item.due or date.max)


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
    able = {one.code for one in list_accessible_enterprises(actor, Permission.APPROVE)}.intersection(codes)
    for one in approvals.list_pending_at(able, besides=str(actor), most=attention.MOST) if able else ():
        values = {"approval": one.id, "kind": one.kind, "by": one.requested_by, "at": one.requested_at}
        yield one.enterprise, Item(attention.APPROVAL, values, today)


@dataclass(frozen=True, slots=True)
class Said:
    """In which words, and on which day, rows are told."""

    _: Words
    today: date


def present_item(one: OfEnterprise, teller: Said) -> dict[str, object]:
    """A row of the list: when, what and why, at whom, its button and its page."""
    item = one.item
    row = present_row(item, item.count, ACROSS[item.code](item, teller), teller)
    return row | {"address": item_address(item, None, one.enterprise.code, None), "enterprise": one.enterprise}


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
    row = present_deadline(deadline, enterprise.code, _)
    if len(bound) > 1:
        return row | {"whose": gettext("{n} enterprises").format(n=count_text(len(bound))), "href": ""}
    return row | {"whose": enterprise.name, "href": row["href"] or reverse("season", args=[enterprise.code])}


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


FILTER: Final = ("q", "light", "province", "all")
MOST: Final = 6  # rows of what is to be done that the board shows unasked
Shown = PortfolioEntry | Enterprise
MEDIA: Final = "text/csv; charset=utf-8"


class BulkActionForm(forms.Form):
    """What is done, with what it needs."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "remind", "list")])
    task = forms.ChoiceField(choices=[(one, one) for one in TASKS], required=False)
    text = forms.CharField(required=False, max_length=200)
    day = DayField(required=False)


@require_POST
@person
def apply_to_several(request: Request) -> HttpResponse:
    """Do it to those that are ticked, or to all that the filter shows; all or none."""
    form = BulkActionForm(request.POST)
    filters = {one: request.POST[one] for one in FILTER if one in request.POST}
    back = redirect(f"{reverse('portfolio')}?{urlencode({'all': '', **filters})}")
    if not form.is_valid():
        messages.error(request, gettext("Some of your input cannot be read."))
        return back
    data, codes = form.cleaned_data, _selected_codes(request)
    try:
        if data["act"] == "list":
            bulk.record_list_export(enterprises=codes, actor=request.actor)
            answer = HttpResponse(_portfolio_csv(request, codes), content_type=MEDIA)
            return as_attachment(answer, f"portfolio-{clock.today()}.csv")
        if "whole" in request.POST and (shut := bulk.list_closed(codes)):
            # Who takes all that the filter shows cannot leave one out: it is left out for them, and they are told.
            codes = [code for code in codes if code not in shut]
            text = gettext("Skipped, because their season is closed: {names}.")
            messages.warning(request, text.format(names=bulk.describe_enterprises(shut)))
        messages.success(request, _apply_action(request, codes, data))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return back


def _selected_codes(request: Request) -> list[str]:
    if "whole" not in request.POST:
        return request.POST.getlist("enterprise")
    entries = _find(facts.search_portfolio(request.actor, ""), *(request.POST.get(name, "") for name in FILTER[:3]))
    return [one.enterprise.code for one in entries if isinstance(one, PortfolioEntry)]


def _apply_action(request: Request, codes: Sequence[str], data: dict[str, Any]) -> str:
    if data["act"] == "remind":
        count = bulk.send_reminders(enterprises=codes, actor=request.actor)
        return gettext("{count} reminders are being sent.").format(count=count)
    count = bulk.change_tasks(enterprises=codes, actor=request.actor, **data)
    return gettext("Saved for {count} enterprises.").format(count=count)


def _portfolio_csv(request: Request, codes: Sequence[str]) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it; no cell begins a formula."""
    _, selection, stream = words(current()), set(codes), io.StringIO(newline="")
    writer = csv.writer(stream)
    heads = (gettext("code"), gettext("name"), gettext("province"), gettext("light"), gettext("points in red"),
             gettext("nearest deadline"), gettext("days left"), gettext("what it is"), gettext("headroom"))  # fmt: skip
    writer.writerow(heads)
    for one in facts.search_portfolio(request.actor, ""):
        if not isinstance(one, PortfolioEntry) or one.enterprise.code not in selection:
            continue
        due, who = one.calendar.earliest, one.enterprise
        title = "" if due is None else due.rule.title_en if current() == ENGLISH else due.rule.title_zh
        light = code_name("light", one.light, _) if one.light else ""
        cells = (who.code, who.name, who.province, light, str(one.red) if one.red or one.light else "")
        dates = ("", "", title) if due is None else (due.last.isoformat(), str(due.days), title)
        spare = "" if one.room is None else f"{float(one.room * 100):.1f} %"
        writer.writerow([*map(harmless, (*cells, *dates, spare))])
    return stream.getvalue().encode("utf-8-sig")


PORTFOLIO: Final = 1000  # enterprises on one page: an agency's whole book, to be looked through and ticked in one go


@require_safe
@person
def portfolio(request: Request) -> HttpResponse:
    """Where each enterprise stands, the most urgent first; with a single one go straight to it."""
    _, today = words(current()), clock.today()
    own = list_accessible_enterprises(request.actor)
    if len(own) == 1 and "all" not in request.GET:
        return redirect("overview", code=own[0].code)
    every = facts.search_portfolio(request.actor, "")
    entries = [one for one in every if isinstance(one, PortfolioEntry)]
    query, light, province = (request.GET.get(name, "").strip() for name in FILTER[:3])
    matches = _find(every, query, "", province)
    rows = _find(matches, "", light, "")
    page: Page[Shown] = paged(request, rows, total=len(rows), size=PORTFOLIO)
    items = list_items(entries, request.actor, today)
    context = {
        "any": bool(own),
        "inspector": not own and holds(request.actor.name, [Role.INSPECTOR]),
        "page": page,
        "table": build_table(
            page.rows,
            ticks=bool(entries),
            empty=_("No enterprise matches"),
            clear=f"{reverse('portfolio')}?all" if query or light or province else "",
            _=_,
        ),
        "q": query,
        "light": light,
        "province": province,
        "provinces": sorted({one.enterprise.province for one in entries if one.enterprise.province}),
        "tabs": _list_tabs(request, matches, light, _),
        "day": f"{calendar_day(today, _)} {weekday_text(today, _)}",
        "verdict": build_verdict(entries, items, today, _) if entries else None,
        "work": _present_work(request, items, Said(_, today)),
        "deadlines": list_deadlines(entries, _),
        "tasks": [(code, _(text)) for code, text in TASKS.items() if not code.startswith("file_")],
        "administers": access.has_permission(request.actor, access.EVERYWHERE, Permission.ADMINISTER),
    }
    return render(request, "overview/portfolio.html", context)


def _find(entries: Sequence[Shown], text: str, light: str, province: str) -> list[Shown]:
    """Those that hold the text, show the light (unproven also where nobody has computed) and are of the province."""
    fitting = [
        one for one in entries if facts.holds_text(one.enterprise if isinstance(one, PortfolioEntry) else one, text)
    ]
    return facts.filter_portfolio(fitting, light, province, uncomputed=facts.UNPROVEN)


def _list_tabs(request: Request, entries: Sequence[Shown], light: str, _: Words) -> list[tuple[str, str, bool]]:
    """The lights that there are, the gravest first, each with how many enterprises have it."""
    counts = Counter(light_of(one) for one in entries if isinstance(one, PortfolioEntry))
    lights = sorted({*counts, *({light} & set(LIGHTS))}, key=GRAVITY.index, reverse=True)
    return [
        (address(request, light="", page=""), f"{_('All')} {len(entries)}", not light),
        *(
            (address(request, light=code, page=""), f"{code_name('light', code, _)} {counts[code]}", code == light)
            for code in lights
        ),
    ]


def _present_work(request: Request, items: Sequence[OfEnterprise], teller: Said) -> dict[str, object]:
    rows = items if "whole" in request.GET else items[:MOST]
    return {
        "rows": [present_item(one, teller) for one in rows],
        "count": len(items),
        "rest": len(items) - len(rows),
        "all": address(request, whole="1"),
    }
