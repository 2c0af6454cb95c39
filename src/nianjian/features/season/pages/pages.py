"""The season of an enterprise: earliest day, what must be known, both reports, the plan as picture and list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.chain import verb
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.texts.season.days import each
from nianjian.engines.paper.texts.season.words import (
    KINDS,
    MODULES,
    NOT_TAKEN,
    PARTS,
    STATES,
    TASK_STATES,
    TASKS,
    TEMPLATES,
    TRACKS,
    format_time_left,
)
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.archives import query as archives
from nianjian.features.dossier.pages.presenters import item_title, state_badge
from nianjian.features.inbox.pages import obstacle_address
from nianjian.features.season.operations import archive as flow
from nianjian.features.season.operations import feed, files
from nianjian.features.season.operations.overview import summarize_season
from nianjian.features.season.operations.roll_over import list_papers_left_behind as left_behind
from nianjian.features.season.pages.gantt import gantt
from nianjian.features.season.pages.places import place
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person

YEAR: Final = re.compile("[0-9]{4}")
BADGES = {"done": "good", "filed": "good", "late": "bad", "filed_late": "warn", "snoozed": "plain", "open": "warn"}


@require_safe
@page(Act.READ)
def season(request: Request, code: str) -> HttpResponse:
    """Show it as it stands today, or on the day that the address names."""
    _, language = words(current()), current()
    given = request.GET.get("year", "")
    year = int(given) if YEAR.fullmatch(given) and clock.FIRST_DAY.year <= int(given) < clock.LAST_DAY.year else None
    today = clock.asked_day(request.GET.get("today", ""))
    told = summarize_season(enterprise=code, year=year, today=today, actor=request.actor, language=language)
    names = {one["task"]: _(TASKS.get(one["task"], one["task"])) for one in told["tasks"]}
    first, numbers = told["earliest"], list(dict.fromkeys(one["licence"] for one in told["tracks"]))
    context = {
        "told": told,
        "first": first,
        "left": "" if first is None else format_time_left(first["left"], _),
        "source": "" if first is None else _source(first, _),
        "flags": told["risk_flags"],
        "obstacles": [(one["text"], obstacle_address(code, one["code"], one["values"])) for one in told["obstacles"]],
        "tracks": _tracks(told["tracks"], _),
        "deadlines": _deadlines(told["tracks"], _),
        "milestones": _milestones(told["milestones"], _),
        "tasks": _tasks(told["tasks"], names, lambda task: place(code, told["year"], task), _),
        "gantt": gantt(told, names),
        "choices": list(names.items()),
        "track_names": [(key, _(text)) for key, text in TRACKS.items()],
        "licences": numbers if len(numbers) > 1 else [],
        "feeds": feed.list_feeds(enterprise=code, actor=request.actor),
        "may_load": may(request.actor, code, Act.LOAD),
        "may_report": may(request.actor, code, Act.REPORT),
        "real_today": clock.today(),
        "closed": archives.years(code),
        "left_behind": _left_behind(request, code, told["year"]),
    }
    return render(request, "season/season.html", context)


@require_safe
@page(Act.READ)
def archive(request: Request, code: str, year: int) -> HttpResponse:
    """A closed season as it stood."""
    _ = words(current())
    told = flow.archived(enterprise=code, year=year, actor=request.actor)
    told |= {"at": _moment(told["closed_at"]), "by": person(told["closed_by"])}
    for one in told["log"]["acts"]:
        one |= {"name": verb(one["verb"], _), "at": _moment(one["at"]), "by": person(one["by"])}
    for part, moment_ in (("package", "at"), ("portrait", "moment")):
        if told[part]:
            told[part][moment_] = _moment(told[part][moment_])
    kept = [
        one | {"title": _(PARTS[one["part"]]), "may": may(request.actor, code, files.NEEDS[one["part"]])}
        for one in told["files"]
    ]
    asks = may(request.actor, code, Act.LOAD) and may(request.actor, code, Act.REQUEST)
    waiting = flow.waiting(enterprise=code, year=year, actor=request.actor)
    context = {"told": told, "tracks": _tracks(told["season"]["tracks"], _), "kept": kept, "asks": asks,
               "waiting": waiting}  # fmt: skip
    return render(request, "season/archive.html", context)


@require_POST
@page(Act.READ)
def kept_file(request: Request, code: str, year: int, part: str) -> HttpResponseBase:
    """Give out a file of a closed season, held against its digest; the chain has an entry."""
    made = files.download_file(enterprise=code, year=year, part=part, actor=request.actor)
    return as_attachment(StreamingHttpResponse(made.content, content_type=made.media_type), made.name)


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _tracks(found: Sequence[dict[str, Any]], _: Words) -> Table:
    heads = (gettext("licence"), gettext("report"), gettext("state"), gettext("last day"), gettext("handed in"))
    rows = [
        [
            Cell(one["licence"] or "–"),
            Cell(_(TRACKS[one["track"]])),
            Cell(_(STATES[one["state"]]), badge=BADGES.get(one["state"], "plain")),
            Cell(one["due"] or "–", day=True),
            Cell(one["filed_on"] or "–", day=True),
        ]
        for one in found
    ]
    return Table(gettext("Reports"), [Column(head) for head in heads], rows, cards=True)


def _left_behind(request: Request, code: str, year: int) -> Table | None:
    """Papers of the last season that are to be brought anew, by name; None: there are none."""
    _ = words(current())
    found = left_behind(enterprise=code, year=year, actor=request.actor)
    heads = (gettext("paper"), gettext("why anew"), gettext("Valid until"), gettext("in this season"))
    rows = [
        [
            Cell(item_title(one["item"]), href=reverse("dossier-item", args=[code, year, one["item"]])),
            Cell(_(NOT_TAKEN[one["reason"]])),
            Cell(one["valid_until"] or "–", day=True),
            state_badge(one["state"]) if one["state"] else Cell("–"),
        ]
        for one in found
    ]
    columns = [Column(head) for head in heads]
    return Table(gettext("Papers of the last season to be brought anew"), columns, rows, cards=True) if rows else None


def _deadlines(tracks: Sequence[dict[str, Any]], _: Words) -> Table:
    heads = (gettext("day"), gettext("what it is"), gettext("deadline"), gettext("source"), gettext("citation"))
    rows = [
        [
            Cell(one["date"], badge="plain" if one["passed"] else "", day=True),
            Cell(_kind(one, _)),
            Cell(one["name_en"] if current() == ENGLISH else one["name"]),
            Cell(_source(one, _)),
            Cell(" · ".join((one["citation"], *licences))),
        ]
        for one, licences, _mark in sorted(each(tracks), key=lambda found: str(found[0]["date"]))
    ]
    return Table(gettext("Deadlines"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _kind(one: Mapping[str, Any], _: Words) -> str:
    """What the day is, and to which one the law moves it."""
    kind = _(KINDS[one["kind"]])
    return kind if one["last_day"] == one["date"] else f"{kind} → {one['last_day']}"


def _source(one: Mapping[str, Any], _: Words) -> str:
    """Template and level of a day, once where both have the same name."""
    told = (_(TEMPLATES.get(one["template"], one["template"])), name("level", one["level"], _))
    return " · ".join(dict.fromkeys(told))


def _milestones(found: Sequence[dict[str, Any]], _: Words) -> list[dict[str, Any]]:
    return [{**one, "title": _(MODULES.get(one["module"], one["module"]))} for one in found]


def _tasks(found: Sequence[dict[str, Any]], names: dict[str, str], where: Callable[[str], str], _: Words) -> Table:
    heads = (
        gettext("task"),
        gettext("state"),
        gettext("begins"),
        gettext("due"),
        gettext("workdays"),
        gettext("steps"),
        gettext("comes after"),
        gettext("owner"),
        gettext("effect"),
    )
    rows = [
        [
            Cell(names[one["task"]], href=where(one["task"])),
            Cell(_(TASK_STATES[one["state"]]), badge=BADGES.get(one["state"], "plain")),
            Cell(one["begins"], day=True),
            Cell(f"{one['due']} ({_('provisional')})" if one["provisional"] else one["due"], day=True),
            Cell(one["workdays"], figure=True),
            Cell(f"{one['steps']['done']}/{one['steps']['total']}" if one["steps"]["total"] else "–"),
            Cell("、".join(names[each] for each in one["after"]) or "–"),
            Cell(one["owner"] or "–"),
            Cell("；".join([*one["effects"], *(each for each in (one["reason"], one["note"]) if each)]) or "–"),
        ]
        for one in found
    ]
    return Table(gettext("Tasks"), [Column(head) for head in heads], rows, wrap=True, cards=True)
