"""Where an enterprise stands today, and where each of many stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from nianjian.engines.kernel.periods import day_of
from nianjian.engines.paper import figures
from nianjian.engines.paper.figures import Flag
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import LIGHTS, name
from nianjian.engines.paper.texts.season.words import TASKS
from nianjian.engines.paper.texts.sources import source_name
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.inbox.operations.obstacles import OVERDUE, Point
from nianjian.features.overview.operations import facts, start
from nianjian.features.overview.operations.attention import MOST
from nianjian.features.overview.operations.day import Mood
from nianjian.features.overview.operations.facts import Overview, Standing
from nianjian.features.overview.operations.freshness import Fresh
from nianjian.features.overview.pages import words as said
from nianjian.features.overview.pages.bars import Bar, bar
from nianjian.features.overview.pages.links import expiry_address, flag_address, line_address, link
from nianjian.features.overview.pages.start import build_steps_context, led
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.deadlines import Calendar, Deadline
from nianjian.platform.web.access import Request, page, person
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged

RED: Final = "red"
DAY: Final = "today"  # a second day beside the headline is no cause
PORTFOLIO: Final = 1000  # enterprises on one page: an agency's whole book, to be looked through and ticked in one go
LATER: Final = 7  # deadlines after the earliest one


@require_safe
@page(Act.READ_OWN)
def overview(request: Request, code: str) -> HttpResponse:
    """One glance: the day's verdict, the light, the rates, the earliest deadline, what is in the way."""
    _ = words(current())
    told = facts.overview(request.enterprise, request.actor, request.team)
    acts = access.acts(request.actor, code)
    context = {
        "team": request.team,
        "told": told,
        "mood": told.verdict.mood.value,
        "sentence": _sentence(told, _),
        "word": name("light", told.light, _) if told.light else "",
        "rates": _rates(told, whole=request.team is None, _=_),
        "deadlines": [_deadline(one, code, _) for one in told.calendar.deadlines[: LATER + 1]],
        "start": _start(told.calendar, _),
        "blockers": _points(told.blockers, told, code, _),
        "tasks": _points(told.tasks, told, code, _),
        "sources": [(source_name(one.name, _), one.last, said.ago(one.age, _)) for one in told.sources],
        "registers": [(one.name, _kind(one, _), one.last, said.ago(one.age, _)) for one in told.registers],
        "lines": _lines(told, code, _),
        "runs": [_run(one, _) for one in told.runs],
        "since": [said.changed(what, count, _) for what, count in sorted(told.since.items())],
        "may_run": Act.REPORT in acts,
        **_first_steps(request, told, acts),
    }
    return render(request, "overview/overview.html", context)


def _first_steps(request: Request, told: Overview, acts: Collection[Act]) -> dict[str, object]:
    """The guided start where it leads; else a link to it, as long as it has something to say."""
    early = start.early(told, acts, request.team)
    return build_steps_context(request, told) if early and led(request) else {"put_away": early}


def _lines(told: Overview, code: str, _: Words) -> list[tuple[str, str, date | None, str]]:
    """(line, address, last outbound call, how long before the newest one) of the lines silent the longest."""
    worst = [one for one in (told.lines.lines if told.lines else ()) if one.silent][:MOST]
    return [(one.line, line_address(code, one.line), one.last, said.before(one.before, _)) for one in worst]


def _points(found: Sequence[Point], told: Overview, code: str, _: Words) -> list[tuple[str, str]]:
    """Sentence and address of each point."""
    sentences = said.points(found, told.portrait, _)
    return [(text, link(one, code, told.year)) for text, one in zip(sentences, found, strict=True)]


def _sentence(told: Overview, _: Words) -> str:
    earliest = told.calendar.earliest
    numbers = said.Numbers(
        days=earliest.days if earliest else None,
        blockers=len(told.blockers),
        tasks=len(told.tasks),
        overdue=sum(int(one.values["count"]) for one in told.blockers if one.code == OVERDUE),
        age=min((one.age for one in told.sources if one.age is not None), default=None),
    )
    metrics: Sequence[Mapping[str, Any]] = told.portrait["metrics"] if told.portrait else ()
    return said.verdict(told.verdict.reason, metrics, numbers, _)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as it is shown."""

    slug: str
    title: str
    light: str
    word: str
    value: str
    limit: str
    headroom: str
    bar: Bar | None
    causes: Sequence[tuple[Flag, str]] = ()  # why it is red, with the address of the rows
    value_other: str = ""  # value and limit in the other unit
    limit_other: str = ""


def _rates(told: Overview, *, whole: bool, _: Words) -> list[Rate]:
    found = []
    for metric in told.portrait["metrics"] if told.portrait else ():
        light = str(metric["light"])
        slug = str(metric["slug"])
        title, word = name("metric", slug, _), name("light", light, _)
        if whole:
            card = figures.card(metric, _)
            red = [
                (one, flag_address(told, metric, one.code))
                for one in card.flags
                if one.light == RED and one.code != DAY
            ]
            found.append(
                Rate(
                    slug,
                    title,
                    light,
                    word,
                    card.value,
                    card.limit,
                    card.headroom,
                    bar(metric),
                    red,
                    card.value_other,
                    card.limit_other,
                )
            )
        else:
            found.append(
                Rate(slug, title, light, word, figures.amount(metric["value"], str(metric["unit"])), "", "", None)
            )
    return found


def _deadline(one: Deadline, code: str, _: Words) -> dict[str, object]:
    rule, expiry = one.rule, one.expiry
    title = rule.title_en if current() == ENGLISH else rule.title_zh
    return {
        "title": said.expires(expiry, asking=one.day == expiry.ask_by, _=_) if expiry else title,
        "href": expiry_address(code, expiry.kind, expiry.keys) if expiry else "",
        "day": one.last,
        "named": one.day if one.moved else None,
        "days": one.days,
        "over": max(0, -one.days),
        "left": said.describe_days_left(one.days, _),
        "level": name("level", rule.level.value, _),
        "citation": rule.citation,
        "rule": rule.id,
    }


def _start(calendar: Calendar, _: Words) -> dict[str, object] | None:
    if calendar.start is None or calendar.lead is None:
        return None
    return {"day": calendar.start, "rule": calendar.lead.id, "level": name("level", calendar.lead.level.value, _)}


def _kind(one: Fresh, _: Words) -> str:
    return str(translate_value("kind", one.name, _))


def _run(one: Run, _: Words) -> dict[str, object]:
    moment = datetime.fromisoformat(one.moment)
    return {
        "id": one.id,
        "year": one.year,
        "moment": moment,
        "light": one.light,
        "word": name("light", one.light, _),
        "by": said.person(one.actor),
    }


@require_safe
@person
def portfolio(request: Request) -> HttpResponse:
    """Where each enterprise stands, the most urgent first; with a single one go straight to it."""
    _ = words(current())
    own = list_accessible_enterprises(request.actor)
    if len(own) == 1 and "all" not in request.GET:
        return redirect("overview", code=own[0].code)
    wanted, light = request.GET.get("q", "").strip(), request.GET.get("light", "")
    found = facts.sought(request.actor, wanted)
    standings = [one for one in found if isinstance(one, Standing)]
    province = request.GET.get("province", "")
    rows = facts.of_province(facts.lit(found, light), province)
    shown: Page[Standing | Enterprise] = paged(request, rows, total=len(rows), size=PORTFOLIO)
    moods = [one.verdict.mood for one in standings]
    context = {
        "any": bool(own),
        "page": shown,
        "rows": [_row(one, _) for one in shown.rows],
        "q": wanted,
        "light": light,
        "province": province,
        "provinces": sorted({one.enterprise.province for one in standings if one.enterprise.province}),
        "lights": [(code, name("light", code, _)) for code in LIGHTS if code != "na"],
        "counts": [(mood.value, moods.count(mood)) for mood in Mood] if standings else [],
        "tasks": [(code, _(text)) for code, text in TASKS.items() if not code.startswith("file_")],
        "administers": access.may(request.actor, access.EVERYWHERE, Act.ADMINISTER),
    }
    return render(request, "overview/portfolio.html", context)


def _row(one: Standing | Enterprise, _: Words) -> dict[str, object]:
    if isinstance(one, Enterprise):
        return {"code": one.code, "name": one.name, "own": True}
    earliest = one.calendar.earliest
    return {
        "code": one.enterprise.code,
        "name": one.enterprise.name,
        "province": one.enterprise.province,
        "mood": one.verdict.mood.value,
        "light": one.light,
        "word": name("light", one.light, _) if one.light else "",
        "year": one.year,
        "deadline": _deadline(earliest, one.enterprise.code, _) if earliest else None,
        "age": said.ago(one.age, _),
        "red": one.red,
        "room": "–" if one.room is None else f"{float(one.room * 100):.1f} %",
        "run": day_of(datetime.fromisoformat(one.run.moment)) if one.run else None,
    }
