"""The season's pages: earliest day, what must be known, both reports, the plan as picture and list, and its forms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.texts import season as texts
from nianjian.engines.paper.texts.audit import verb_text
from nianjian.engines.paper.texts.platform import BADGES as STATE_BADGES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.engines.season import deadlines
from nianjian.engines.season.deadlines import Risk
from nianjian.features.archives import closed_seasons
from nianjian.features.dossier.operations.rounds import list_built_packages, list_submissions
from nianjian.features.dossier.pages.presenters import item_title, state_badge
from nianjian.features.inbox.pages import obstacle_address
from nianjian.features.season import closing, feeds, operations
from nianjian.features.season.documents import (
    SeasonDeadline,
    SeasonEarliest,
    SeasonObstacle,
    SeasonTask,
    SeasonTold,
    SeasonTrack,
    list_days,
)
from nianjian.features.season.operations import list_papers_left_behind as left_behind
from nianjian.features.season.operations import read_picture, record_entry_test, roll_over
from nianjian.features.season.queries import TASK, summarize_season
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import list_readers
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment, read_upload, takes_files
from nianjian.platform.registers.attachments import ROW_LIMIT
from nianjian.platform.web.access import Request, page, public
from nianjian.platform.web.days import asked_day, format_day, format_moment
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.paging import address
from nianjian.platform.web.second_person import build_second_person
from nianjian.platform.web.tables import Cell, Column, Table, card_table
from nianjian.platform.web.work import person

WIDE: Final = 1000
LEFT: Final = 260  # for the names
LINE: Final = 26
HEAD: Final = 24
_DAY: Final = timedelta(days=1)


def build_gantt(summary: SeasonTold, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Place the tasks between the plan's start and the season's last deadline; None where there is no plan.

    ``bars``: a task's line each, ``text``: y of its name; ``marks``: uprights of months, deadlines and today.
    """
    if summary.start is None or not summary.tasks:
        return None
    days = [one.date for track in summary.tracks for one in track.deadlines]
    first = min([summary.start, *(one.begins for one in summary.tasks)])
    last = max([*days, *(one.due for one in summary.tasks)])
    per_day = (WIDE - LEFT) / ((last - first).days + 1)

    def at(day: date) -> float:
        return round(LEFT + (day - first).days * per_day, 1)

    bars = [
        {
            "name": names[one.task],
            "state": one.state,
            "x": at(one.begins),
            "wide": round(max(at(one.due + _DAY) - at(min(one.begins, one.due)), 2.0), 1),
            "y": HEAD + place * LINE + 5,
            "text": HEAD + place * LINE + 17,
        }
        for place, one in enumerate(summary.tasks)
    ]
    marks = [{"x": at(day), "label": f"{day:%m-%d}", "kind": "month"} for day in _months(first, last)]
    marks += [{"x": at(day + _DAY), "kind": "deadline"} for day in sorted({*days})]
    marks += [{"x": at(summary.today), "kind": "today"}] if first <= summary.today <= last else []
    return {"wide": WIDE, "high": HEAD + len(bars) * LINE + 6, "bars": bars, "marks": marks}


def _months(first: date, last: date) -> list[date]:
    months, day = [], first.replace(day=1)
    while day <= last:
        months += [day] if day >= first else []
        day = (day + _DAY * 32).replace(day=1)
    return months


FIRST_YEAR: Final = clock.FIRST_DAY.year
LAST_YEAR: Final = clock.LAST_DAY.year - 1


class ReportForm(forms.Form):
    """A report handed in, or the day that a notice names; no day takes it back, no licence means each that reports."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("file", "notice")])
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    track = forms.ChoiceField(choices=[(one, one) for one in deadlines.TRACKS])
    licence = forms.CharField(required=False, max_length=80)
    day = DayField(required=False)
    text = forms.CharField(required=False, max_length=200)
    place = forms.CharField(required=False, max_length=200)


class TaskForm(forms.Form):
    """What is said of a task."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "done")])
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    task = forms.CharField(max_length=32)
    day = DayField(required=False)
    text = forms.CharField(required=False, max_length=200)


class YearForm(forms.Form):
    """A season is begun from the last one, closed, or asked to be opened again, with the reason."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("roll-over", "close", "reopen")])
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    text = forms.CharField(required=False, max_length=1000)


#: Task -> name of the page's address and what else it names; `YEAR`: the data year.
PLACE_YEAR: Final = {"year": 0}
PLACES: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "portrait": ("portrait-newest", {}), "stopped_seats": ("registers-list", {"kind": "seats"}),
    "marketing_lines": ("portrait-marketing", PLACE_YEAR), "old_tickets": ("complaints", {}),
    "consistency": ("reconcile", {}),
    "filed_base": ("reconcile", {}), "items": ("dossier-season", PLACE_YEAR),
    "package": ("dossier-season", PLACE_YEAR), "drill": ("inspection-drill", {}), "rectification": ("rectify", {}),
}  # fmt: skip


def task_address(code: str, year: int, task: str) -> str:
    """The page on which a task is worked on; "" where that is the season's own."""
    if task not in PLACES:
        return ""
    name, more = PLACES[task]
    place = reverse(name, kwargs={"code": code, **({"year": year} if more is PLACE_YEAR else more)})
    return f"{place}?year={year}" if name == "portrait-newest" else place


YEAR: Final = re.compile("[0-9]{4}")
CLOSING_DIGITS: Final = 4
GRAVE: Final = frozenset({Risk.SYSTEM_CLOSED, Risk.LATE_REPORT, Risk.BAD_LIST})  # what no one may overlook
BADGES = {"filed": "good", "late": "late", "filed_late": "warn", "snoozed": "plain", "open": "warn"}


def _obstacle_address(code: str, row: SeasonObstacle) -> str:
    """Where it can be dealt with; a late report in the season of its own year."""
    if row.code == texts.REPORT_LATE:
        return f"{reverse('season', kwargs={'code': code})}?year={row.values['year']}"
    return obstacle_address(code, row.code, row.values)


@require_safe
@page(Permission.READ)
def season(request: Request, code: str) -> HttpResponse:
    """Show it as it stands today, or on the day that the address names."""
    _, language = words(current()), current()
    year_text = request.GET.get("year", "")
    year = (
        int(year_text)
        if YEAR.fullmatch(year_text) and clock.FIRST_DAY.year <= int(year_text) < clock.LAST_DAY.year
        else None
    )
    today = asked_day(request.GET.get("today", ""))
    summary = summarize_season(enterprise=code, year=year, today=today, actor=request.actor, language=language)
    names = {one.task: _(texts.TASKS.get(one.task, one.task)) for one in summary.tasks}
    first, closed = summary.earliest, closed_seasons.list_closed_years(code)
    queue = _build_queue(request, summary)
    task = _choose_task(request, queue.rows)
    context = {
        "told": summary,
        "obstacles": [(row.text, _obstacle_address(code, row)) for row in summary.obstacles],
        "deadline": "" if first is None else _describe_deadline(first, _),
        "grave": [flag for flag in summary.risk_flags if flag.code in GRAVE],
        "flags": [flag for flag in summary.risk_flags if flag.code not in GRAVE],
        "tracks": _tracks(map(TRACK_COLUMNS, summary.tracks), _),
        "deadlines": _deadlines(summary.tracks, _),
        "queue": queue,
        "table": _tasks(request, queue.rows, names, task, _),
        "unasked": "task" not in request.GET,
        "task": None if task is None else _build_task(code, summary, task, names),
        "gantt": build_gantt(summary, names),
        "may_see": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_report": has_permission(request.actor, code, Permission.REPORT),
        "today": clock.today(),
        "closed": summary.year in closed,
        "past": closed,
        "undecided": closing.is_undecided(code, summary.year),
        "without_package": not list_submissions(code, summary.year).exists(),
        "opened": closed_seasons.list_reopened(code),
        "left_behind": _list_renewals(request, code, summary.year),
    }
    return render(request, "season/season.html", context)


@dataclass(frozen=True, slots=True)
class Queue:
    """The tasks by their days: ``rows`` those that the filter shows, ``filters`` (address, words, chosen)."""

    rows: Sequence[SeasonTask]
    filters: Sequence[tuple[str, str, bool]]


def _build_queue(request: Request, summary: SeasonTold) -> Queue:
    """Filter by ``?show=`` open, mine or nobody; all else is all."""
    tasks = sorted(summary.tasks, key=lambda row: (row.due, row.begins))
    mine = {request.actor.name, str(request.actor), person(str(request.actor))}
    rows = {
        "": tasks,
        "open": [row for row in tasks if not row.finished],
        "mine": [row for row in tasks if row.owner in mine and not row.finished],
        "nobody": [row for row in tasks if not row.owner and not row.finished],
    }
    labels = {"": gettext("All"), "open": gettext("Not done"), "mine": gettext("Mine"), "nobody": gettext("Nobody's")}
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in rows else ""
    filters = [
        (address(request, show=key, task=""), f"{label} {len(rows[key])}", key == chosen)
        for key, label in labels.items()
    ]
    return Queue(rows[chosen], filters)


def _choose_task(request: Request, rows: Sequence[SeasonTask]) -> SeasonTask | None:
    """The task that the address names, else the first that is open."""
    key = request.GET.get("task", "")
    task = next((row for row in rows if row.task == key), None)
    return task or next((row for row in rows if not row.finished), None) or next(iter(rows), None)


def _describe_deadline(first: SeasonEarliest, _: Words) -> str:
    """The earliest last day, how long it is until then, and the day that the plan works towards where that differs."""
    left = texts.format_time_left(first.left.days, first.left.workdays, _, provisional=first.left.provisional)
    text = gettext("Deadline {day}: {left}").format(day=format_day(first.last_day), left=left)
    if first.last_day == first.date:
        return text
    moved = gettext("{day} is not a working day, so by law the last day is moved.")
    return f"{text} · {moved.format(day=format_day(first.date))}"


def _build_task(code: str, summary: SeasonTold, task: SeasonTask, names: Mapping[str, str]) -> dict[str, Any]:
    _ = words(current())
    key = task.task
    numbers = list(dict.fromkeys(row.licence for row in summary.tracks))
    first = task.track == deadlines.LICENCE and summary.package is None
    due = format_day(task.due)
    facts = [
        (gettext("due"), due + _(" (provisional)") if task.provisional else due),
        (gettext("begins"), format_day(task.begins)),
        (gettext("workdays"), task.workdays),
    ]
    if task.steps.total:
        facts.append((gettext("steps"), f"{task.steps.done}/{task.steps.total}"))
    if task.after:
        facts.append((gettext("comes after"), gettext(", ").join(names[each] for each in task.after)))
    return {
        "key": key,
        "name": names[key],
        "state": texts.task_state_text(task.state, task.status, _),
        "badge": _task_badge(task),
        "owner": task.owner,
        "facts": facts,
        "notes": [*task.effects, *filter(None, (texts.task_reason(task.figures, _), task.reason, task.note))],
        "href": task_address(code, summary.year, key),
        "by_hand": task.by_hand and key != TASK and not task.track,
        "track": task.track,
        "hands_in": first and bool(list_built_packages(code, summary.year)),
        "licences": numbers if len(numbers) > 1 else [],
        "entry": _entry_test_view(summary.tasks, _) if key == TASK else None,
        "people": _list_people(code, task.owner),
    }


def _list_people(code: str, owner: str) -> list[tuple[str, str, bool]]:
    """(value, name, chosen) of who may be named; an owner who is none of them stays in the list."""
    logins = sorted(list_readers(code), key=person)
    extra = [owner] if owner and owner not in logins else []
    return [(login, person(login), login == owner) for login in (*extra, *logins)]


@require_safe
@page(Permission.READ)
def archives(request: Request, code: str) -> HttpResponse:
    """To the newest closed season; a page that says so where none is closed."""
    closed = closed_seasons.list_closed_years(code)
    return redirect("season-archive", code, closed[0]) if closed else render(request, "season/archives.html")


@require_safe
@page(Permission.READ)
def archive(request: Request, code: str, year: int) -> HttpResponse:
    """A closed season as it stood."""
    _ = words(current())
    number = _closing_number(request)
    document = closing.get_archive(enterprise=code, year=year, actor=request.actor, closing=number)
    document |= {"at": _moment(document["closed_at"]), "by": person(document["closed_by"])}
    for one in document["log"]["acts"]:
        one |= {"name": verb_text(one["verb"], _), "at": _moment(one["at"]), "by": person(one["by"])}
    for part, moment_ in (("package", "at"), ("portrait", "moment")):
        if document[part]:
            document[part][moment_] = _moment(document[part][moment_])
    files = [
        one
        | {"title": _(texts.PARTS[one["part"]]), "may": has_permission(request.actor, code, closing.NEEDS[one["part"]])}
        for one in document["files"]
    ]
    asks = has_permission(request.actor, code, Permission.MANAGE_DATA) and has_permission(
        request.actor, code, Permission.REQUEST
    )
    of_now = document["closed_at"] == next(
        (one["closed_at"] for one in document["closings"] if not one["opened_at"]), None
    )
    waiting = closing.find_pending_reopening(enterprise=code, year=year, actor=request.actor) if of_now else None
    context = {
        "told": document,
        "tracks": _tracks(map(STORED_COLUMNS, document["season"]["tracks"]), _),
        "kept": files,
        "asks": asks and of_now,
        "second": build_second_person(request, code) if asks and of_now else None,
        "waiting": waiting,
        "closing_query": f"?closing={number}" if number else "",
        "closings": _closings(code, year, document["closings"]),
    }
    return render(request, "season/archive.html", context)


@require_POST
@page(Permission.READ)
def archive_file(request: Request, code: str, year: int, part: str) -> HttpResponseBase:
    """Give out a file of a closed season, held against its digest; the chain has an entry."""
    number = _closing_number(request)
    download = closing.download_file(enterprise=code, year=year, part=part, actor=request.actor, closing=number)
    return as_attachment(StreamingHttpResponse(download.content, content_type=download.media_type), download.name)


def _task_badge(task: SeasonTask) -> str:
    """The badge of its state; a task in progress has that of what it waits for."""
    waits = task.status == State.IN_PROGRESS.value
    return BADGES.get(task.state, "plain") if waits else STATE_BADGES[State(task.status)]


def _entry_test_view(tasks: Sequence[SeasonTask], _: Words) -> dict[str, Any] | None:
    """Outcome and pictures of the entry's test in words; None where the plan has no such task."""
    figures = next((one.figures for one in tasks if one.task == TASK), None)
    if figures is None:
        return None
    names = {code: _(text) for code, text in texts.TEST_OUTCOMES.items()}
    pictures = [{**one, "word": names[one["result"]]} for one in figures["pictures"]]
    badge = {"passed": "good", "failed": "bad"}.get(figures["outcome"], "plain")
    return {"word": names[figures["outcome"]], "badge": badge, "pictures": pictures}


def _closing_number(request: Request) -> int | None:
    """The earlier closing that the address names; None: the one that holds."""
    number = request.GET.get("closing", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= CLOSING_DIGITS else None


def _closings(code: str, year: int, rows: Sequence[dict[str, Any]]) -> Table | None:
    """Every closing with the way to it; None: there is but one."""
    heads = (gettext("closing"), gettext("closed at"), gettext("opened again"), gettext("digest"))
    address = reverse("season-archive", args=[code, year])
    cells = [
        [
            Cell(row["number"], href=f"{address}?closing={row['number']}"),
            Cell(f"{_moment(row['closed_at'])} · {person(row['closed_by'])}"),
            Cell(_say_reopened(row) if row["opened_at"] else "–"),
            Cell(row["sha256"][:12]),
        ]
        for row in rows
    ]
    return card_table(gettext("Closings of this season"), heads, cells) if len(rows) > 1 else None


def _say_reopened(row: Mapping[str, Any]) -> str:
    """When, and the two who decided."""
    two = actor_texts([row["opening_asked_by"], row["opened_by"]], words(current()))
    return f"{_moment(row['opened_at'])} · {', '.join(filter(None, two))}"


def _moment(text: str) -> str:
    return format_moment(datetime.fromisoformat(text))


TRACK_FIELDS: Final = ("licence", "track", "state", "due", "filed_on")
TRACK_COLUMNS: Final = attrgetter(*TRACK_FIELDS)
STORED_COLUMNS: Final = itemgetter(*TRACK_FIELDS)  # an archive is JSON as it was stored


def _tracks(tracks: Iterable[tuple[Any, ...]], _: Words) -> Table:
    heads = (gettext("licence"), gettext("report"), gettext("state"), gettext("last day"), gettext("handed in"))
    rows = [
        [
            Cell(licence or "–"),
            Cell(_(texts.TRACKS[track])),
            Cell(_(texts.STATES[state]), badge=BADGES.get(state, "plain")),
            Cell(str(due or "–"), day=True),
            Cell(str(filed_on or "–"), day=True),
        ]
        for licence, track, state, due, filed_on in tracks
    ]
    return Table(gettext("Reports"), [Column(head) for head in heads], rows, cards=True)


def _list_renewals(request: Request, code: str, year: int) -> Table | None:
    """Papers of the last season that are to be brought anew, by name; None: there are none."""
    _ = words(current())
    papers = left_behind(enterprise=code, year=year, actor=request.actor)
    heads = (gettext("document"), gettext("reason for renewal"), gettext("Valid until"), gettext("in this season"))
    rows = [
        [
            Cell(item_title(one.item), href=reverse("dossier-item", args=[code, year, one.item])),
            Cell(_(texts.NOT_TAKEN[one.reason])),
            Cell(str(one.valid_until or "–"), day=True),
            state_badge(state) if state else Cell("–"),
        ]
        for one, state in papers
    ]
    columns = [Column(head) for head in heads]
    return (
        Table(gettext("Documents of the last season to be provided again"), columns, rows, cards=True) if rows else None
    )


def _deadlines(tracks: Sequence[SeasonTrack], _: Words) -> Table:
    heads = (gettext("day"), gettext("what it is"), gettext("deadline"), gettext("source"), gettext("citation"))
    rows = [
        [
            Cell(one.date.isoformat(), badge="plain" if one.passed else "", day=True),
            Cell(_kind(one, _)),
            Cell(one.name_en if current() == ENGLISH else one.name),
            Cell(_source(one, _)),
            Cell(" · ".join((one.citation, *licences))),
        ]
        for one, licences, _mark in sorted(list_days(tracks), key=lambda entry: entry[0].date)
    ]
    return card_table(gettext("Deadlines"), heads, rows)


def _kind(one: SeasonDeadline, _: Words) -> str:
    kind = _(texts.DAY_KINDS[one.kind])
    return kind if one.last_day == one.date else f"{kind} → {one.last_day}"


def _source(one: SeasonDeadline, _: Words) -> str:
    """Template and level of a day, once where both have the same name."""
    names = (_(texts.TEMPLATES.get(one.template, one.template)), code_name("level", one.level, _))
    return " · ".join(dict.fromkeys(names))


def _tasks(
    request: Request, rows: Sequence[SeasonTask], names: Mapping[str, str], task: SeasonTask | None, _: Words
) -> Table:
    """The tasks by their days; each leads to itself beside the list."""
    columns = [
        Column(gettext("due"), brief="start"), Column(gettext("state"), brief="end"),
        Column(gettext("task"), brief="start"), Column(gettext("owner"), brief="end"),
        Column(gettext("steps"), figure=True),
    ]  # fmt: skip
    cells = [
        [
            Cell(format_day(row.due), day=True),
            Cell(texts.task_state_text(row.state, row.status, _), badge=_task_badge(row)),
            Cell(names[row.task], href=f"{address(request, task=row.task)}#task", here=row is task),
            Cell(person(row.owner) or gettext("nobody")),
            Cell(f"{row.steps.done}/{row.steps.total}" if row.steps.total else "–", figure=True),
        ]
        for row in rows
    ]
    return Table(gettext("Tasks"), columns, cells)


@require_POST
@page(Permission.REPORT)
def report(request: Request, code: str) -> HttpResponse:
    """Note that a report was handed in, or what a notice names."""
    form = ReportForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        of = {name: data[name] for name in ("year", "track", "day")} | {"licence": data["licence"] or None}
        if data["act"] == "file":
            operations.note_report(
                enterprise=code, receipt=data["text"], place=data["place"], actor=request.actor, **of
            )
        else:
            operations.note_notice(enterprise=code, notice=data["text"], actor=request.actor, **of)
        messages.success(request, gettext("Saved."))
    return _back(request, code, form)


class EntryTestForm(forms.Form):
    """The result of the entry's test, with its picture."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    result = forms.ChoiceField(choices=[(one, one) for one in ("passed", "failed")])
    day = DayField()
    note = forms.CharField(max_length=200)
    picture = forms.FileField()


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def entry_test(request: Request, code: str) -> HttpResponse:
    """Keep the result of the entry's test with its picture."""
    form = EntryTestForm(request.POST, request.FILES)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        picture = fields.pop("picture")
        content = read_upload(picture, ROW_LIMIT)
        record_entry_test(enterprise=code, name=picture.name, content=content, actor=request.actor, **fields)
        messages.success(request, gettext("Saved."))
    return _back(request, code, form, TASK)


@require_POST
@page(Permission.VIEW_UNMASKED)
def entry_picture(request: Request, code: str, picture: int) -> HttpResponse:
    """Give out a picture of a test; the chain has an entry."""
    attachment, content = read_picture(enterprise=code, picture=picture, actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=attachment.media_type), attachment.name or "")


@require_POST
@page(Permission.MANAGE_DATA)
def task(request: Request, code: str) -> HttpResponse:
    """Name who does a task, let it rest, or say that it was done."""
    form = TaskForm(request.POST)
    if form.is_valid():
        operations.change_task(enterprise=code, actor=request.actor, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
    return _back(request, code, form)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def feed(request: Request, code: str) -> HttpResponse:
    """The calendar feeds of one's own; make one, or end one."""
    if request.method != "POST":
        entries = feeds.list_feeds(enterprise=code, actor=request.actor)
        rows = [(row.feed, format_day(row.made_at.date())) for row in entries]
        return render(request, "season/feeds.html", {"feeds": rows})
    if revoked := request.POST.get("revoke", ""):
        operations.revoke_feed(enterprise=code, feed=revoked, actor=request.actor)
        messages.success(request, gettext("The feed is closed."))
    else:
        new_feed = operations.create_feed(enterprise=code, actor=request.actor)
        address = request.build_absolute_uri(new_feed.path)
        text = gettext("Subscribe to this address; it is shown only once: {address}")
        messages.success(request, text.format(address=address))
    return redirect("season-feed", code=code)


@require_POST
@page(Permission.MANAGE_DATA)
def end(request: Request, code: str) -> HttpResponse:
    """Begin a season from the last one, close one, or ask for a second person to open it again."""
    form = YearForm(request.POST)
    if form.is_valid():
        year = form.cleaned_data["year"]
        if form.cleaned_data["act"] == "close":
            ticked = {name: request.POST.get(name) == "yes" for name in ("undecided", "without_package")}
            closing.close_season(enterprise=code, year=year, actor=request.actor, **ticked)
            return redirect("season-archive", code=code, year=year)
        if form.cleaned_data["act"] == "reopen":
            reason = form.cleaned_data["text"]
            approval = closing.reopen_season(enterprise=code, year=year, reason=reason, actor=request.actor)
            text = gettext("Requested: {approval}. The season stays closed until a second person has approved it.")
            messages.success(request, text.format(approval=approval.id))
            return redirect("season-archive", code=code, year=year)
        result = roll_over(enterprise=code, year=year, actor=request.actor)
        text = gettext("Taken over: {taken}. Tasks with last year's owner: {owners}. To be provided again: {left}.")
        taken, left = _names(result.taken), _names(one.item for one in result.left)
        messages.success(request, text.format(taken=taken, owners=len(result.owners), left=left))
    return _back(request, code, form)


def _names(items: Iterable[str]) -> str:
    return gettext(", ").join(item_title(one) for one in items) or "–"


def _back(request: Request, code: str, form: forms.Form, task: str = "") -> HttpResponse:
    """To the season and the task that were meant; what was wrong is said there."""
    if form.errors:
        faults = gettext("; ").join(
            say_pair(form.fields[name].label if name in form.fields else name, " ".join(map(str, texts)))
            for name, texts in form.errors.items()
        )
        messages.error(request, faults)
        return redirect("season", code=code)
    task = task or form.cleaned_data.get("task", "")
    there = f"{reverse('season', kwargs={'code': code})}?year={form.cleaned_data['year']}"
    return redirect(f"{there}&task={task}#task" if task else there)


@require_safe
@public
def calendar(_request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar away; 404 for a secret that opens nothing, or nothing any more."""
    content = feeds.render_calendar(secret, current())
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type=feeds.MEDIA)
    answer["Cache-Control"] = "private, no-store"
    return answer
