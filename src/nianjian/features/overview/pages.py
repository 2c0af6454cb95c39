"""The board of an enterprise's day, its first steps, and its lines in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from django import forms
from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.paper import figures
from nianjian.engines.paper.days import calendar_day, day_text, moment_text, weekday_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import missing_lines
from nianjian.engines.paper.texts import gate
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark, words
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.sla_warnings import find_next_turn
from nianjian.features.dial_policy.decisions import get_snapshot_state
from nianjian.features.overview import attention, facts, first_steps, portfolio_pages
from nianjian.features.overview import texts as said
from nianjian.features.overview.board import Board
from nianjian.features.overview.facts import Overview
from nianjian.features.overview.first_steps import Step
from nianjian.features.overview.item_presenters import present_deadline, present_item
from nianjian.features.overview.queue import NOBODY
from nianjian.features.overview.worklist import Item, list_items, select_items
from nianjian.features.portrait import line_usage
from nianjian.features.portrait.changes import change_text
from nianjian.features.portrait.line_usage import LineUse
from nianjian.platform.accounts import access, people
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import find_last_number, has_entries_since
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers import storage
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import Below, Entry, Place, Reader, Scope
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

STEP_DEADLINES: Final = 3
# What a number has in the register so that its calls count as shown by an own one; afterwards back to the steps.
OWN_NUMBER: Final = {"from": "start", "filing": "已备案", "outbound": "是"}
DOUBTS: Final = {
    first_steps.SHAPE: mark(
        "It does not have the usual format of a licence number, such as B2-20080101 with or without a "
        "character in front."
    ),
    first_steps.PROVINCE: mark("Its first character stands for another province than the enterprise's: {province}."),
}


class LicenceForm(forms.Form):
    """The licence by its number; the rest of its row can come later."""

    number = forms.CharField(
        label=gettext_lazy("Licence number"),
        max_length=80,
        help_text=gettext_lazy(
            "As printed on the licence: B2-20080101, often with the character of a province in front."
        ),
    )
    issued_on, valid_until = (
        DayField(label=label, required=False, help_text=help_text)
        for label, help_text in (
            (gettext_lazy("Issued on"), gettext_lazy("It decides for which data year the first report is due.")),
            (gettext_lazy("Valid until"), gettext_lazy("It decides when a renewal must be requested.")),
        )
    )

    def __init__(self, data: object = None, *, province: str = "") -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.province = province

    def clean(self) -> dict[str, object]:
        """Ask once about what is unusual; who sends the same number again means it."""
        number = licence_number(str(self.cleaned_data.get("number", ""))).text
        doubts = first_steps.check_licence(number, self.province) if number else ()
        if doubts and self.data.get("sure") != number:
            for one in doubts:
                message = gettext(DOUBTS[one]).format(province=licence_number(number).province)
                self.add_error("number", message)
            self.add_error("number", gettext("Correct it, or submit it again if it is right."))
        return self.cleaned_data

    @property
    def sure(self) -> str:
        """The number that was doubted, to be sent along."""
        return licence_number(str(self.data.get("number", ""))).text if self.errors.get("number") else ""


#: What each metric needs before it can be proved.
NEEDS: Final = {
    "complaint_rate": mark("needs call records and complaints; no entry does not mean no complaint"),
    "closing_rate": mark("needs complaint tickets"),
    "seat_vacancy": mark("needs seats with their filing dates"),
    "number_consistency": mark("needs call records and own numbers"),
}


def render_steps(
    request: Request, overview: Overview, form: LicenceForm | None = None, work: Mapping[str, object] | None = None
) -> HttpResponse:
    """The steps as a page: the board of an enterprise without a light, with its ``work`` that is to be done."""
    code, _ = request.enterprise.code, words(current())
    steps = first_steps.build_first_steps(code, overview, clock.today())
    context = {
        "told": overview,
        "way": steps,
        "here": steps.here.value if steps.here else "",
        "steps": [
            (step.value, "done" if step in steps.done else "now" if step is steps.here else "later") for step in Step
        ],
        "number": len(Step) if steps.here is None else list(Step).index(steps.here) + 1,
        "all": len(Step),
        "licence_form": form or LicenceForm(),
        "number_address": f"{reverse('registers-new', args=[code, 'numbers'])}?{urlencode(OWN_NUMBER)}",
        "metrics": [(code_name("metric", slug, _), gettext(text)) for slug, text in NEEDS.items()],
        "deadlines": [present_deadline(one, code, _) for one in overview.calendar.deadlines[:STEP_DEADLINES]],
        "led": is_guided(request),
        "work": work,
        "administers": has_permission(request.actor, code, Permission.ADMINISTER),
    }
    return render(request, "overview/steps.html", context, status=UNPROCESSABLE if form is not None else 200)


def list_unknown(request: Request, overview: Overview) -> list[str]:
    """What the first light does not know yet: what it lacks, complaints that nobody has entered, calls of few days."""
    _ = words(current())
    numbers, seats, complaints = first_steps.find_filled(request.enterprise.code, overview, clock.today())
    portrait = overview.portrait or {}
    days = (portrait.get("quality") or {}).get("days_without_records") or {}
    count = (days.get("unconfirmed") or days).get("count")
    gaps = (
        (numbers, gettext("No own number is in the register: 95 and 96 numbers count as somebody else's.")),
        (seats, gettext("No seat is in the register: the seat vacancy rate is not proved.")),
        (complaints, gettext("No complaint is in the register: that is no proof that there were none.")),
        (not count, gettext("{n} days of the data year have no call records.").format(n=count)),
    )
    lines = missing_lines(portrait, _) if portrait else ()
    return [*lines, *(text for holds, text in gaps if not holds)]


def is_guided(request: Request) -> bool:
    """Whether this person has not put the steps of this enterprise away."""
    return request.enterprise.code not in cast("User", request.user).unled


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def show_steps(request: Request, code: str) -> HttpResponse:
    """The steps on a page of their own, and the licence written from its first one."""
    form = LicenceForm(request.POST, province=request.enterprise.province) if request.method == "POST" else None
    if form is not None and form.is_valid() and _save_licence(request, code, form):
        return redirect("overview", code=code)
    return render_steps(request, facts.build_overview(request.enterprise, request.actor, request.team), form)


def _save_licence(request: Request, code: str, form: LicenceForm) -> bool:
    texts = {name: str(value) for name, value in form.cleaned_data.items() if value}
    try:
        storage.create_row(kind="licences", enterprise=code, texts=texts, since=None, reason="", actor=request.actor)
    except NianjianError as error:
        form.add_error(None, describe_error(error)[0])
        return False
    return True


@require_POST
@page(Permission.MANAGE_DATA)
def set_guidance(request: Request, code: str) -> HttpResponse:
    """Put the steps away on this person's overview, or bring them back."""
    people.set_guidance(actor=request.actor, enterprise=code, on=request.POST.get("on") == "yes")
    return redirect("overview", code=code)


ENTRIES: Final = (
    Entry(Place.TODAY, "", "overview", Permission.READ_OWN),
    Entry(Place.TODAY, "", "portfolio", Permission.READ_OWN, scope=Scope.PERSON),
    Below("registers", ("overview-lines",)),
    Below("overview", ("search",)),
)
SECONDS: Final = 300  # a computed portrait is there a moment after its entry


@dataclass(frozen=True, slots=True)
class OpenItems:
    """How many items a person had, and what shows that they may be others by now.

    ``number``: the last audit entry before they were counted; ``failed``: the person's jobs that had failed; ``turn``:
    when time alone may change them.
    """

    count: int
    number: int
    failed: tuple[str, ...]
    day: date
    turn: datetime | None

    def holds(self, enterprise: str, actor: Actor) -> bool:
        """Whether nothing has happened since that could change the count."""
        return (
            self.day == clock.today()
            and (self.turn is None or clock.now() < self.turn)
            and not has_entries_since(self.number, enterprise)
            and self.failed == list_failed(enterprise, actor)
        )


def _key(enterprise: str, user: str) -> str:
    return f"open-items:{enterprise}:{user}"


def list_failed(enterprise: str, actor: Actor) -> tuple[str, ...]:
    """Ids of the person's jobs that have failed lately: no act is recorded of these."""
    return tuple(str(point.values["job"]) for point in attention.list_failed_jobs(enterprise, actor))


def store_open_items(enterprise: str, actor: Actor, open_items: OpenItems) -> None:
    """Note how many items the person has."""
    caches["memory"].set(_key(enterprise, actor.name), open_items, SECONDS)


def find_open_items(reader: Reader) -> int | None:
    """Return how many items wait for the reader; None: they must be counted, which no page does but that of the day."""
    open_items: OpenItems | None = caches["memory"].get(_key(reader.code, reader.actor.name))
    return open_items.count if open_items and open_items.holds(reader.code, reader.actor) else None


OWNERS: Final = ("", "me", "nobody")  # whose items a list shows
MOST: Final = 6  # rows of the list that the board shows unasked
DEADLINES: Final = 4
FRESH: Final = 1  # days since the last call of a source that has arrived
EXPORTS: Final = ("pdf", "xlsx")  # of the portrait, to be taken from the board


@require_safe
@page(Permission.READ)
def list_lines(request: Request, code: str) -> HttpResponse:
    """Fifty lines at a time."""
    today = clock.today()
    usage = line_usage.find_line_usage(code, today)
    every = usage.lines if usage else ()
    line_page: Page[LineUse] = paged(request, every, total=len(every))
    rows = versions_on(Line, code, today).filter(key__in=[one.line for one in line_page.rows])
    by_line = {key: (name, team) for key, name, team in rows.order_by().values_list("key", "name", "team")}
    heads = (gettext("line"), gettext("state"), gettext("name"), gettext("team"), gettext("last outbound call"))
    brief = ("start", "end", "start", "", "end")  # on a narrow screen: line and state, name and last call
    columns = [Column(head, brief=place) for head, place in zip(heads, brief, strict=True)]
    columns.append(Column(gettext("days before the newest call"), figure=True))
    teams = dict(versions_on(Team, code, today).order_by().values_list("key", "name"))
    body = []
    for one in line_page.rows:
        name, team = by_line.get(one.line, ("", ""))
        body.append(
            [
                Cell(one.line, href=reverse("registers-row", kwargs={"code": code, "kind": "lines", "key": one.line})),
                Cell(gettext("silent"), badge="warn") if one.silent else Cell(gettext("carries calls"), badge="good"),
                Cell(name or figures.DASH),
                Cell(teams.get(team or "") or figures.DASH, key=team or ""),
                Cell(format_day(one.last) or gettext("never"), day=True),
                Cell(figures.DASH if one.before is None else one.before, figure=True),
            ]
        )
    context = {"found": usage, "page": line_page, "table": Table(gettext("Lines in use"), columns, body)}
    return render(request, "overview/lines.html", context)


@require_safe
@page(Permission.READ_OWN)
def overview(request: Request, code: str) -> HttpResponse:
    """How the day stands: the verdict and its cause, the metrics, everything that is to be done, what comes due."""
    _, today = words(current()), clock.today()
    day_overview, items, early = _read_day(request)
    led = early and not day_overview.year and is_guided(request)
    acts = access.permissions(request.actor, code)
    request.counts = {Place.TODAY: len(items), Place.COMPLAINTS: sum(day_overview.queue.tickets.values())}
    board = Board(code, day_overview, request.actor, acts, request.team, today, _)
    if led:
        return render_steps(request, day_overview, work=_present_work(request, items, board))
    context = {
        "team": request.team,
        "told": day_overview,
        "year": day_overview.year,
        "day": f"{calendar_day(today, _)} {weekday_text(today, _)}",
        "facts": _describe_figures(day_overview, today, _),
        "verdict": board.build_verdict(),
        "tiles": board.build_tiles(),
        "work": _present_work(request, items, board),
        "deadlines": [present_deadline(one, code, _) for one in day_overview.calendar.deadlines[:DEADLINES]],
        "system": [] if request.team else _list_system(request, day_overview, _),
        "since": [change_text(what, count, _) for what, count in sorted(day_overview.since.items())],
        "may_run": Permission.REPORT in acts,
        "files": EXPORTS if day_overview.year and request.team is None and Permission.READ in acts else (),
        "unknown": list_unknown(request, day_overview) if early and day_overview.year else (),
        "put_away": early and not day_overview.year,
    }
    return render(request, "overview/overview.html", context)


@require_safe
@page(Permission.READ_OWN)
def count_items(request: Request, code: str) -> HttpResponse:
    """How many items the page of the day would show, for its line of the menu."""
    del code
    return render(request, "layout/parts/count.html", {"count": len(_read_day(request)[1])})


def _read_day(request: Request) -> tuple[Overview, list[Item], bool]:
    """All that is known of the day, what is to be done, and whether the enterprise is at its first steps."""
    actor, code, today = request.actor, request.enterprise.code, clock.today()
    number, failed, now = find_last_number(), list_failed(code, actor), clock.now()
    overview = facts.build_overview(request.enterprise, actor, request.team)
    early = first_steps.is_early(overview, access.permissions(actor, code), request.team)
    items = list_items(overview, actor, today)
    if early and not overview.year and is_guided(request):
        items = [item for item in items if item.code != attention.NOT_RUN]  # the steps say so
    turn = find_next_turn(code, load_service_levels(code), now)
    store_open_items(code, actor, OpenItems(len(items), number, failed, today, turn))
    return overview, items, early


def _describe_figures(overview: Overview, today: date, _: Words) -> list[str]:
    """Up to which day the data goes, and when it was computed."""
    lines = []
    if overview.portrait:
        as_of = date.fromisoformat(str(overview.portrait["period"]["as_of"]))
        lines.append(gettext("data up to {day}").format(day=day_text(as_of, today, _)))
    if overview.runs:
        moment = datetime.fromisoformat(overview.runs[0].moment)
        lines.append(gettext("computed {moment}").format(moment=moment_text(moment, today, _)))
    return lines


# ---- what is to be done


def _present_work(request: Request, items: Sequence[Item], board: Board) -> dict[str, object]:
    """The list of one owner or of all, its first rows or the whole."""
    owners = dict(zip(OWNERS, (None, request.actor.name, NOBODY), strict=True))
    choice = request.GET.get("who", "")
    choice = choice if choice in owners else ""
    chosen = select_items(items, owners[choice])
    whole = "whole" in request.GET
    rows = [present_item(item, owners[choice], board) for item in (chosen if whole else chosen[:MOST])]
    names = (gettext("All"), gettext("Mine"), gettext("Unassigned"))
    tabs = [
        (f"?{urlencode({'who': who})}" if who else "?", f"{name} {len(select_items(items, owner))}", who == choice)
        for (who, owner), name in zip(owners.items(), names, strict=True)
    ]
    query = {"who": choice, "whole": "1"} if choice else {"whole": "1"}
    return {
        "rows": rows,
        "tabs": tabs,
        "count": len(chosen),
        "rest": len(chosen) - len(rows),
        "all": f"?{urlencode(query)}",
    }


# ---- what the figures stand on


def _list_system(request: Request, overview: Overview, _: Words) -> list[dict[str, str]]:
    """Sources, registers, the gate and requests of others: each with its state in a word, and where it leads."""
    code = request.enterprise.code
    return [_describe_sources(code, overview, _), _describe_registers(code, overview, _), _describe_gate(code, _),
            *_describe_requests(code, overview, _)]  # fmt: skip


def _describe_sources(code: str, overview: Overview, _: Words) -> dict[str, str]:
    fresh = [source for source in overview.sources if source.age is not None and source.age <= FRESH]
    text = gettext("{n} of {all} arrived").format(n=len(fresh), all=len(overview.sources))
    light = "" if not overview.sources else "green" if len(fresh) == len(overview.sources) else "yellow"
    return {
        "label": gettext("Call sources"), "light": light, "href": reverse("data", args=[code]),
        "text": text if overview.sources else gettext("none yet"),
    }  # fmt: skip


def _describe_registers(code: str, overview: Overview, _: Words) -> dict[str, str]:
    empty = [str(translate_value("kind", register.name, _)) for register in overview.registers if register.last is None]
    first = said.join_keys(empty[:1], len(empty), _) if empty else ""
    text = gettext("{names}: never entered").format(names=first) if empty else gettext("all entered")
    light = "yellow" if empty else "green"
    return {"label": gettext("Registers"), "light": light, "text": text, "href": reverse("registers", args=[code])}


def _describe_gate(code: str, _: Words) -> dict[str, str]:
    state = get_snapshot_state(code).state
    light = {"fresh": "green", "missing": ""}.get(state, "yellow")
    text = gettext("not connected") if state == "missing" else gate.translate_code(gate.STATES, state, _)
    return {"label": gettext("Pre-dial gate"), "light": light, "text": text, "href": reverse("gate", args=[code])}


def _describe_requests(code: str, overview: Overview, _: Words) -> list[dict[str, str]]:
    """Requests that wait for somebody else than the reader."""
    own = {point.values["approval"] for point in overview.tasks if point.code == attention.APPROVAL}
    others = [request for request in overview.pending if request.id not in own]
    if not others:
        return []
    by = actor_text(others[0].requested_by, _)
    text = gettext("{n} · asked by {by}").format(n=len(others), by=by)
    return [
        {
            "label": gettext("Waits for others"),
            "light": "",
            "text": text,
            "href": reverse("approvals-here", args=[code]),
        }
    ]


urlpatterns = [
    path("", portfolio_pages.portfolio, name="portfolio"),
    path("portfolio/several/", portfolio_pages.apply_to_several, name="portfolio-several"),
    path("e/<str:code>/", overview, name="overview"),
    path("e/<str:code>/lines/", list_lines, name="overview-lines"),
    path("e/<str:code>/today/", count_items, name="overview-count"),
    path("e/<str:code>/start/", show_steps, name="overview-start"),
    path("e/<str:code>/start/lead/", set_guidance, name="overview-lead"),
]
