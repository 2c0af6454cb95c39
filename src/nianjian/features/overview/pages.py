"""The overview of an enterprise, the portfolio of many, acts on several of them, and the lines in use."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless
from nianjian.engines.kernel.periods import day_of
from nianjian.engines.metrics.drill_down import component_of_flag
from nianjian.engines.paper import figures
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import html_headroom
from nianjian.engines.paper.texts.calls import source_name
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import LIGHTS, code_name
from nianjian.engines.paper.texts.season import TASKS
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.obstacles import OVERDUE, Point
from nianjian.features.inbox.pages import obstacle_address
from nianjian.features.overview import attention, facts, first_steps, first_steps_pages, queue
from nianjian.features.overview import texts as said
from nianjian.features.overview.attention import MOST
from nianjian.features.overview.facts import Overview, PortfolioEntry
from nianjian.features.overview.first_steps_pages import build_steps_context, is_guided
from nianjian.features.overview.menu import store_open_items
from nianjian.features.overview.verdict import Mood
from nianjian.features.portrait import line_usage, portraits
from nianjian.features.portrait.basis_cards import build_basis_cards
from nianjian.features.portrait.line_usage import LineUse
from nianjian.features.portrait.portraits import Run
from nianjian.features.season import all_enterprises as bulk
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.deadlines import Calendar, Deadline
from nianjian.platform.web.access import Request, page, person
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import Place
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

#: Point -> its page, and what its address says besides the enterprise: argument -> value of the point.
POINT_PAGES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    attention.INSUFFICIENT: ("portrait-metric", {"year": "year", "slug": "metric"}),
    attention.ATTACHMENT: ("portrait-metric", {"year": "year", "slug": "metric"}),
    attention.DAYS: ("data", {}),
    attention.MARKETING: ("portrait-marketing", {"year": "year"}),
    attention.REJECTS: ("data-batch", {"batch": "batch"}),
    attention.APPROVAL: ("approvals-decide-here", {"approval": "approval"}),
    attention.FAILED: ("data-job", {"job": "job"}),
    attention.LATE: ("season", {}),
    attention.CASE: ("rectify-one", {"case": "case"}),
    attention.MATERIALS: ("dossier-season", {"year": "year"}),
    attention.COMPLAINT: ("complaints-one", {"ticket": "complaint"}),
    queue.TASK: ("season", {}),
    queue.TASKS_UNOWNED: ("season", {}),
}


QUEUES: Final[Mapping[str, str]] = {  # matter of the queue -> the list that holds it
    queue.TICKETS: obstacles.OVERDUE, queue.TICKETS_UNOWNED: obstacles.OVERDUE,
    queue.DIFFERENCES: obstacles.DIFFERENCES, queue.DIFFERENCES_UNOWNED: obstacles.DIFFERENCES,
}  # fmt: skip


def point_address(point: Point, code: str, year: int | None) -> str:
    """Return the address of the page on which the point can be dealt with."""
    if point.code == attention.EXPIRED:
        return expiry_address(code, point.values["kind"], point.values["keys"])
    if point.code in {obstacles.OVERDUE, obstacles.DIFFERENCES}:
        return obstacle_address(code, point.code, point.values)
    if point.code in QUEUES:
        address = obstacle_address(code, QUEUES[point.code], point.values)
        own = {one: point.values[one] for one in ("assignee",) if one in point.values}
        return f"{address}&{urlencode(own)}" if own else address
    name, arguments = POINT_PAGES.get(point.code, ("portrait-newest", {}))
    values = {"year": year, **point.values}
    return reverse(name, kwargs={"code": code, **{one: values[of] for one, of in arguments.items()}})


def expiry_address(code: str, kind: str, keys: Sequence[str]) -> str:
    """Return the address of what runs out: its row, or the register where there are several."""
    if len(keys) > 1:
        return reverse("registers-list", kwargs={"code": code, "kind": kind})
    return reverse("registers-row", kwargs={"code": code, "kind": kind, "key": keys[0]})


def flag_address(told: Overview, metric: Mapping[str, Any], flag: str) -> str:
    """Return the address of the rows that a flag speaks of; of the metric's page where no single figure counts them."""
    assert told.portrait is not None  # noqa: S101 - a metric comes out of it
    place = {"code": told.portrait["enterprise"], "year": told.year, "slug": metric["slug"]}
    part = component_of_flag(metric, flag)
    if part is None:
        return reverse("portrait-metric", kwargs=place)
    return f"{reverse('portrait-rows', kwargs=place)}?{urlencode({'class': part})}"


def line_address(code: str, line: str) -> str:
    """Return the address of a line's row in its register."""
    return reverse("registers-row", kwargs={"code": code, "kind": "lines", "key": line})


FILTER: Final = ("q", "light", "province", "all")
MEDIA: Final = "text/csv; charset=utf-8"


class BulkActionForm(forms.Form):
    """What is done, with what it needs."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "remind", "list")])
    task = forms.ChoiceField(choices=[(one, one) for one in TASKS], required=False)
    text = forms.CharField(required=False, max_length=200)
    day = forms.DateField(required=False)


@require_POST
@person
def apply_to_several(request: Request) -> HttpResponse:
    """Do it to those that are ticked, or to all that the filter shows; all or none."""
    form = BulkActionForm(request.POST)
    kept = {one: request.POST[one] for one in FILTER if one in request.POST}
    back = redirect(f"{reverse('portfolio')}?{urlencode({'all': '', **kept})}")
    if not form.is_valid():
        messages.error(request, gettext("Some of your input cannot be read."))
        return back
    given, codes = form.cleaned_data, _selected_codes(request)
    try:
        if given["act"] == "list":
            bulk.record_list_export(enterprises=codes, actor=request.actor)
            answer = HttpResponse(_portfolio_csv(request, codes), content_type=MEDIA)
            return as_attachment(answer, f"portfolio-{clock.today()}.csv")
        if "whole" in request.POST and (shut := bulk.list_closed(codes)):
            # Who takes all that the filter shows cannot leave one out: it is left out for them, and they are told.
            codes = [code for code in codes if code not in shut]
            text = gettext("Skipped, because their season is closed: {names}.")
            messages.warning(request, text.format(names=bulk.describe_enterprises(shut)))
        messages.success(request, _apply_action(request, codes, given))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return back


def _selected_codes(request: Request) -> list[str]:
    if "whole" not in request.POST:
        return request.POST.getlist("enterprise")
    query, light, province = (request.POST.get(name, "") for name in ("q", "light", "province"))
    found = facts.filter_portfolio(facts.search_portfolio(request.actor, query.strip()), light, province)
    return [one.enterprise.code for one in found if isinstance(one, PortfolioEntry)]


def _apply_action(request: Request, codes: Sequence[str], given: dict[str, Any]) -> str:
    if given["act"] == "remind":
        count = bulk.send_reminders(enterprises=codes, actor=request.actor)
        return gettext("{count} reminders are being sent.").format(count=count)
    count = bulk.change_tasks(enterprises=codes, actor=request.actor, **given)
    return gettext("Saved for {count} enterprises.").format(count=count)


def _portfolio_csv(request: Request, codes: Sequence[str]) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it; no cell begins a formula."""
    _, wanted, stream = words(current()), set(codes), io.StringIO(newline="")
    writer = csv.writer(stream)
    heads = (gettext("code"), gettext("name"), gettext("province"), gettext("light"), gettext("points in red"),
             gettext("nearest deadline"), gettext("days left"), gettext("what it is"), gettext("headroom"))  # fmt: skip
    writer.writerow(heads)
    for one in facts.search_portfolio(request.actor, ""):
        if not isinstance(one, PortfolioEntry) or one.enterprise.code not in wanted:
            continue
        due, who = one.calendar.earliest, one.enterprise
        title = "" if due is None else due.rule.title_en if current() == ENGLISH else due.rule.title_zh
        cells = (who.code, who.name, who.province, code_name("light", one.light, _) if one.light else "", str(one.red))
        dates = ("", "", title) if due is None else (due.last.isoformat(), str(due.days), title)
        spare = "" if one.room is None else f"{float(one.room * 100):.1f} %"
        writer.writerow([*map(harmless, (*cells, *dates, spare))])
    return stream.getvalue().encode("utf-8-sig")


@require_safe
@page(Permission.READ)
def list_lines(request: Request, code: str) -> HttpResponse:
    """Fifty lines at a time."""
    today = clock.today()
    found = line_usage.find_line_usage(code, today)
    every = found.lines if found else ()
    shown: Page[LineUse] = paged(request, every, total=len(every))
    rows = versions_on(Line, code, today).filter(key__in=[one.line for one in shown.rows])
    known = {key: (name, team) for key, name, team in rows.order_by().values_list("key", "name", "team")}
    heads = (gettext("line"), gettext("state"), gettext("name"), gettext("team"), gettext("last outbound call"))
    columns = [*map(Column, heads), Column(gettext("days before the newest call"), figure=True)]
    body = [_line_row(code, one, *known.get(one.line, ("", ""))) for one in shown.rows]
    context = {"found": found, "page": shown, "table": Table(gettext("Lines in use"), columns, body)}
    return render(request, "overview/lines.html", context)


def _line_row(code: str, one: LineUse, name: str | None, team: str | None) -> list[Cell]:
    return [
        Cell(one.line, href=line_address(code, one.line)),
        Cell(gettext("silent"), badge="warn") if one.silent else Cell(gettext("carries calls"), badge="good"),
        Cell(name or figures.DASH),
        Cell(team or figures.DASH),
        Cell(one.last.isoformat() if one.last else gettext("never")),
        Cell(figures.DASH if one.before is None else one.before, figure=True),
    ]


RED: Final = "red"
BESIDE: Final = frozenset(
    {"today", "own_limit", "internal_limit"}
)  # a second day or light beside the headline is no cause
PORTFOLIO: Final = 1000  # enterprises on one page: an agency's whole book, to be looked through and ticked in one go
LATER: Final = 7  # deadlines after the earliest one


@require_safe
@page(Permission.READ_OWN)
def overview(request: Request, code: str) -> HttpResponse:
    """One glance: the day's verdict, the light, the rates, the earliest deadline, what is in the way."""
    _ = words(current())
    told = facts.build_overview(request.enterprise, request.actor, request.team)
    acts = access.permissions(request.actor, code)
    early = first_steps.is_early(told, acts, request.team)
    if request.team is None:
        request.counts = _count_for_menu(told)
        store_open_items(code, request.actor, request.counts[Place.TODAY])
    context = {
        "team": request.team,
        "told": told,
        "mood": told.verdict.mood.value,
        "sentence": _sentence(told, _),
        "word": code_name("light", told.light, _) if told.light else "",
        "bases": None if request.team else _basis_cards(code, _),
        "rates": _rates(told, whole=request.team is None, _=_),
        "deadlines": [_deadline(one, code, _) for one in told.calendar.deadlines[: LATER + 1]],
        "start": _earliest_deadline(told.calendar, _),
        "blockers": _point_rows(told.blockers, told, code, _),
        "tasks": _point_rows(told.tasks, told, code, _),
        "sources": [(source_name(one.name, _), one.last, said.ago(one.age, _)) for one in told.sources],
        "registers": [
            (one.name, translate_value("kind", one.name, _), one.last, said.ago(one.age, _)) for one in told.registers
        ],
        "lines": _source_rows(told, code, _),
        "runs": [_run(one, _) for one in told.runs],
        "since": [said.change_text(what, count, _) for what, count in sorted(told.since.items())],
        "may_run": Permission.REPORT in acts,
        # the guided start where it leads; else a link to it, as long as it has something to say
        **(build_steps_context(request, told) if early and is_guided(request) else {"put_away": early}),
    }
    return render(request, "overview/overview.html", context)


def _count_for_menu(told: Overview) -> dict[str, int]:
    """What the page has counted for the lines of the menu."""
    overdue = sum(int(one.values["count"]) for one in told.blockers if one.code == OVERDUE)
    return {Place.TODAY: len(told.blockers) + len(told.tasks), Place.COMPLAINTS: overdue}


def _basis_cards(code: str, _: Words) -> dict[str, Any] | None:
    """Both bases of the last data year, where it has a portrait at all."""
    year = clock.today().year - 1
    return build_basis_cards(code, year, _) if year in portraits.list_years(code) else None


def _source_rows(told: Overview, code: str, _: Words) -> list[tuple[str, str, date | None, str]]:
    """(line, address, last outbound call, how long before the newest one) of the lines silent the longest."""
    worst = [one for one in (told.lines.lines if told.lines else ()) if one.silent][:MOST]
    return [(one.line, line_address(code, one.line), one.last, said.before(one.before, _)) for one in worst]


def _point_rows(found: Sequence[Point], told: Overview, code: str, _: Words) -> list[tuple[str, str]]:
    sentences = said.point_texts(found, told.portrait, _)
    return [(text, point_address(one, code, told.year)) for text, one in zip(sentences, found, strict=True)]


def _sentence(told: Overview, _: Words) -> str:
    earliest = told.calendar.earliest
    numbers = {
        "days": abs(earliest.days) if earliest else None,
        "blockers": len(told.blockers),
        "tasks": len(told.tasks),
        "overdue": _count_for_menu(told)[Place.COMPLAINTS],
        "age": min((one.age for one in told.sources if one.age is not None), default=None),
    }
    metrics: Sequence[Mapping[str, Any]] = told.portrait["metrics"] if told.portrait else ()
    missing = {str(one["code"]) for one in (told.portrait or {}).get("missing") or ()}
    return said.verdict_text(told.verdict.reason, metrics, numbers, _, missing=missing)


def _rates(told: Overview, *, whole: bool, _: Words) -> list[dict[str, object]]:
    """The rates as they are shown, the reasons for red with the address of the rows; of a team the value alone."""
    rates = []
    for metric in told.portrait["metrics"] if told.portrait else ():
        light, slug = str(metric["light"]), str(metric["slug"])
        title, word = code_name("metric", slug, _), code_name("light", light, _)
        rate: dict[str, object] = {"slug": slug, "title": title, "light": light, "word": word}
        if whole:
            card = figures.metric_card(metric, _)
            red = [one for one in card.flags if one.light == RED and one.code not in BESIDE]
            rate |= {
                "value": card.value,
                "value_other": card.value_other,  # in the other unit
                "limit": card.limit,
                "limit_other": card.limit_other,
                "headroom": card.headroom,
                "bar": SafeString(html_headroom(metric, _)),
                "causes": [(one, flag_address(told, metric, one.code)) for one in red],
            }
        else:
            rate["value"] = figures.amount_text(metric["value"], str(metric["unit"]))
        rates.append(rate)
    return rates


def _deadline(one: Deadline, code: str, _: Words) -> dict[str, object]:
    rule, expiry = one.rule, one.expiry
    title = rule.title_en if current() == ENGLISH else rule.title_zh
    return {
        "title": said.expiry_text(expiry, asking=one.day == expiry.ask_by, _=_) if expiry else title,
        "href": expiry_address(code, expiry.kind, expiry.keys) if expiry else "",
        "day": one.last,
        "named": one.day if one.moved else None,
        "days": one.days,
        "over": max(0, -one.days),
        "left": said.describe_days_left(one.days, _),
        "level": code_name("level", rule.level.value, _),
        "citation": rule.citation,
        "rule": rule.id,
    }


def _earliest_deadline(calendar: Calendar, _: Words) -> dict[str, object] | None:
    if calendar.start is None or calendar.lead is None:
        return None
    return {"day": calendar.start, "rule": calendar.lead.id, "level": code_name("level", calendar.lead.level.value, _)}


def _run(one: Run, _: Words) -> dict[str, object]:
    names = {"word": code_name("light", one.light, _), "by": actor_text(one.actor, _)}
    moment = datetime.fromisoformat(one.moment)
    return {"id": one.id, "year": one.year, "moment": moment, "light": one.light, **names}


@require_safe
@person
def portfolio(request: Request) -> HttpResponse:
    """Where each enterprise stands, the most urgent first; with a single one go straight to it."""
    _ = words(current())
    own = list_accessible_enterprises(request.actor)
    if len(own) == 1 and "all" not in request.GET:
        return redirect("overview", code=own[0].code)
    wanted, light = request.GET.get("q", "").strip(), request.GET.get("light", "")
    found = facts.search_portfolio(request.actor, wanted)
    standings = [one for one in found if isinstance(one, PortfolioEntry)]
    province = request.GET.get("province", "")
    rows = facts.filter_portfolio(found, light, province)
    shown: Page[PortfolioEntry | Enterprise] = paged(request, rows, total=len(rows), size=PORTFOLIO)
    moods = [one.verdict.mood for one in standings]
    context = {
        "any": bool(own),
        "page": shown,
        "rows": [_portfolio_row(one, _) for one in shown.rows],
        "q": wanted,
        "light": light,
        "province": province,
        "provinces": sorted({one.enterprise.province for one in standings if one.enterprise.province}),
        "lights": [(code, code_name("light", code, _)) for code in LIGHTS if code != "na"],
        "counts": [(mood.value, moods.count(mood)) for mood in Mood] if standings else [],
        "tasks": [(code, _(text)) for code, text in TASKS.items() if not code.startswith("file_")],
        "administers": access.has_permission(request.actor, access.EVERYWHERE, Permission.ADMINISTER),
    }
    return render(request, "overview/portfolio.html", context)


def _portfolio_row(one: PortfolioEntry | Enterprise, _: Words) -> dict[str, object]:
    if isinstance(one, Enterprise):
        return {"code": one.code, "name": one.name, "own": True}
    earliest = one.calendar.earliest
    return {
        "code": one.enterprise.code,
        "name": one.enterprise.name,
        "province": one.enterprise.province,
        "mood": one.verdict.mood.value,
        "light": one.light,
        "word": code_name("light", one.light, _) if one.light else "",
        "year": one.year,
        "deadline": _deadline(earliest, one.enterprise.code, _) if earliest else None,
        "age": said.ago(one.age, _),
        "red": one.red,
        "room": "–" if one.room is None else f"{float(one.room * 100):.1f} %",
        "run": day_of(datetime.fromisoformat(one.run.moment)) if one.run else None,
    }


urlpatterns = [
    path("", portfolio, name="portfolio"),
    path("portfolio/several/", apply_to_several, name="portfolio-several"),
    path("e/<str:code>/", overview, name="overview"),
    path("e/<str:code>/lines/", list_lines, name="overview-lines"),
    path("e/<str:code>/start/", first_steps_pages.show_steps, name="overview-start"),
    path("e/<str:code>/start/lead/", first_steps_pages.set_guidance, name="overview-lead"),
]
