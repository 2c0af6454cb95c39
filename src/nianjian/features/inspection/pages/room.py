"""The inspection room: what the inspectors see, the same as a preview, and the firm's choice of it with the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import inspection as inspection_texts
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.paper.texts.claims import BLANK
from nianjian.engines.paper.texts.platform import BADGES, STATES
from nianjian.engines.paper.texts.screens import SCREENS
from nianjian.engines.paper.words import Words, words
from nianjian.features.inspection import documents
from nianjian.features.inspection.documents import SheetRow
from nianjian.features.inspection.models import RoomEntry, Visit
from nianjian.features.inspection.operations import readiness, room
from nianjian.features.inspection.operations.day import build_sheet
from nianjian.features.inspection.pages import checks
from nianjian.features.inspection.queries import Json, get_visit
from nianjian.features.registers import presenters
from nianjian.features.screens import queries as screens
from nianjian.features.screens.pages import build_gateway_tiles, build_office_tiles
from nianjian.platform.accounts import links
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import USER, Actor, Enterprise
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers import queries
from nianjian.platform.registers.filters import RowFilter
from nianjian.platform.registers.models import Team
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.web.access import INSPECTION, Request, inspector, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Table, card_table
from nianjian.platform.web.work import person

READER: Final = Actor("room", "system")  # reads what is released for an inspector, who may read nothing else
ROWS: Final = 10  # of a ledger on one page
#: Ledger -> the columns that the room shows of it, personal ones masked; the first one is searched.
LEDGERS: Final[Mapping[str, tuple[str, ...]]] = {
    "seats": ("seat_id", "person", "desk", "team", "employment", "filing", "filed_on"),
    "staff": ("staff_id", "person", "seat_id", "team", "employment", "joined_on"),
    "social-insurance": ("payer", "person", "insurance", "month", "state"),
    "wages": ("payer", "payee", "month", "paid_on"),
    "teams": ("team_id", "name", "kind", "agreement"),
    "numbers": ("root", "holder", "purpose", "filing", "filed_on", "gateway"),
    "lines": ("line_id", "name", "carrier", "gateway", "team", "state"),
}


class AskForm(forms.Form):
    """Which original the inspectors want to see."""

    subject = forms.CharField(label=gettext_lazy("What is to be shown"), max_length=room.SUBJECT, required=False)


@dataclass(frozen=True, slots=True)
class Room:
    """The room of a day as somebody looks at it; ``front``: the address below which its rows stand."""

    enterprise: Enterprise
    visit: Visit | None
    released: frozenset[str]
    front: str
    back: str = ""  # of a preview: the firm's page
    ends: datetime | None = None

    @property
    def rules(self) -> list[str]:
        """The rows of the guide of which something is released."""
        return [rule for rule, keys in room.OFFERS.items() if self.released.intersection(keys)]

    def names(self, rule: str, kind: str) -> list[str]:
        """What is released of a row, of one kind, without the kind."""
        keys = (key for key in room.OFFERS[rule] if key in self.released)
        return [name for begin, _colon, name in (key.partition(":") for key in keys) if begin == kind]


@require_safe
@inspector
def enter(request: HttpRequest) -> HttpResponse:
    """Lead an inspector to the room; to a choice of rooms where there are several."""
    roles = accounts.roles_of(request.user.get_username())
    codes = sorted({one.enterprise for one in roles if one.role == Role.INSPECTOR and one.enterprise})
    if any(one.role == Role.INSPECTOR and not one.enterprise for one in roles):
        codes = [one.code for one in accounts.enterprises()]
    if len(codes) == 1:
        return redirect("room-front", code=codes[0])
    return render(request, "inspection/rooms.html", {"rooms": [accounts.enterprise(code) for code in codes]})


@require_safe
@inspector
def front(request: HttpRequest, code: str) -> HttpResponse:
    """Show the first released row, or that there is none."""
    entered = _enter_room(request, code)
    return redirect(f"{entered.front}{entered.rules[0]}/") if entered.rules else _render(request, entered, "")


@require_safe
@inspector
def row(request: HttpRequest, code: str, rule: str) -> HttpResponse:
    """Show what is released of a row; each opening stands in the log."""
    entered = _enter_room(request, code)
    visit = _get_visit(entered, rule)
    answer = _render(request, entered, rule)
    room.record_look(visit=visit, rule=rule, actor=_inspector(request))
    return answer


@require_POST
@inspector
def ask(request: HttpRequest, code: str, rule: str) -> HttpResponse:
    """Ask the firm to show an original: a line in the log and on the firm's page."""
    entered, form = _enter_room(request, code), AskForm(request.POST)
    visit = _get_visit(entered, rule)
    if form.is_valid():
        try:
            subject = form.cleaned_data["subject"]
            entry = room.ask_for_original(visit=visit, rule=rule, subject=subject, actor=_inspector(request))
        except NianjianError as error:
            form.add_error("subject", describe_error(error)[0])
        else:
            return redirect(f"{entered.front}{rule}/?asked={entry.pk}")
    return _render(request, entered, rule, form, UNPROCESSABLE)


def _enter_room(request: HttpRequest, code: str) -> Room:
    visit = room.find_room_visit(code)
    released = frozenset[str]() if visit is None else room.list_released(visit)
    ends = links.find_inspection_end(request.session[INSPECTION])
    return Room(accounts.enterprise(code), visit, released, reverse("room-front", kwargs={"code": code}), "", ends)


def _inspector(request: HttpRequest) -> Actor:
    return Actor(request.user.get_username(), USER)


def _get_visit(entered: Room, rule: str) -> Visit:
    """The room's day; Http404 for a row of which nothing is released."""
    if entered.visit is None or rule not in entered.rules:
        raise Http404
    return entered.visit


def _render(
    request: HttpRequest, entered: Room, rule: str, form: AskForm | None = None, status: int = 200
) -> HttpResponse:
    """The room at one of its rows: the same page for an inspector and for a preview."""
    _ = words(current())
    visit = entered.visit
    context: Json = {
        "actor": None,  # no menu and no bell, in a preview either
        "frame": None,  # nor path and sub navigation
        "room": entered,
        "firm": entered.enterprise.name,
        "until": format_moment(entered.ends),
        "visit": visit,
        "rule": rule,
        "form": form or AskForm(),
        "people": rule == "S2",
    }  # fmt: skip
    if visit is not None and rule:
        sheet = build_sheet(enterprise=entered.enterprise.code, actor=READER, day=visit.day)
        rows = {one.rule: one for one in sheet.rows}
        context |= {
            "title": _(texts.ROWS[rule]),
            "state": _describe_state(entered, rows, rule, _),
            "rows": [
                {"href": f"{entered.front}{one}/", "title": _(texts.ROWS[one]), "here": one == rule,
                 "state": _describe_state(entered, rows, one, _)}
                for one in entered.rules
            ],
            "evidence": _evidence(rows[rule], _) if entered.names(rule, "check") and rows[rule].evidence else None,
            "cards": _cards(entered, rule, _),
            "screens": [_screen(entered, name, _) for name in entered.names(rule, "screen")],
            "checked": "" if sheet.looked_at is None else format_moment(datetime.fromisoformat(sheet.looked_at)),
            "asked": [
                {"subject": one.subject, "at": format_moment(one.at), "answered": format_moment(one.answered_at)}
                for one in RoomEntry.objects.filter(visit=visit, rule=rule, asked=True).order_by("-at", "-pk")[:5]
            ],
            **_ledger(request, entered, rule),
        }  # fmt: skip
    return render(request, "inspection/room.html", context, status=status)


def _describe_state(entered: Room, rows: Mapping[str, SheetRow], rule: str, _: Words) -> tuple[str, str] | None:
    """Badge and word of a row whose checks are released; None where they are not."""
    state = rows[rule].state
    return (BADGES[state], _(STATES[state])) if entered.names(rule, "check") else None


def _evidence(row: SheetRow, _: Words) -> Table:
    rows = [
        [
            Cell(texts.evidence_name(one.check, _)),
            Cell(_(STATES[one.state]), badge=BADGES[one.state]),
            Cell(texts.evidence_reason(one.why, _)),
            Cell(format_day(date.fromisoformat(one.day)) if one.day else "–", day=True),
        ]
        for one in row.evidence
    ]
    heads = (gettext("evidence"), gettext("state"), gettext("why"), gettext("as at"))
    return card_table(gettext("Evidence"), heads, rows)


def _cards(entered: Room, rule: str, _: Words) -> list[Json]:
    """The answer cards as they may be spoken, with the day that they are of, which may be another than the checks'.

    What is lacking and how it is mended is the firm's own business.
    """
    names = entered.names(rule, "card")
    latest = readiness.newest_check(enterprise=entered.enterprise.code, part="answers", actor=READER) if names else None
    if latest is None:
        return []
    blank, day = gettext("(not on record)"), date.fromisoformat(latest["as_of"])
    cards = [one for one in checks.present_answers(latest, _)["cards"] if one["card"] in names]
    return [{**one, "said": one["said"].replace(BLANK, blank), "as_of": day} for one in cards]


def _screen(entered: Room, name: str, _: Words) -> Table:
    code = entered.enterprise.code
    tiles = (
        build_office_tiles(screens.office_figures(code))
        if name == "office"
        else build_gateway_tiles(screens.gateway_figures(code, screens.DecisionFilter()))
    )
    rows = [[Cell(tile.title), Cell(tile.value or "–"), Cell(tile.label), Cell(tile.note or "–")] for tile in tiles]
    heads = (gettext("figure"), gettext("now"), gettext("state"), gettext("note"))
    return card_table(_(SCREENS[name]), heads, rows)


def _ledger(request: HttpRequest, entered: Room, rule: str) -> Json:
    """The released ledger that is asked for, the first of the row unless the address names another."""
    kinds = entered.names(rule, "register")
    if not kinds:
        return {"ledgers": []}
    kind = request.GET.get("ledger", kinds[0])
    if kind not in kinds:
        raise Http404
    sheet, text = presenters.sheet_of(kind), request.GET.get("q", "").strip()[:40]
    columns = [sheet.by_field(field) for field in LEDGERS[kind]]
    scope = ReadScope(entered.enterprise.code, clock.today())
    filters = RowFilter(columns={columns[0].field: text} if text else {})
    listing: Page[Any] = paged(
        request,
        queries.filter_rows(kind, scope, filters),
        total=lambda: queries.count_rows(kind, scope, filters),
        size=ROWS,
    )
    teams = dict(versions_on(Team, scope.enterprise, scope.day).values_list("key", "name"))
    rows = [[Cell(_value(kind, version, column, teams)) for column in columns] for version in listing.rows]
    return {
        "ledgers": [(one, presenters.title(one), one == kind) for one in kinds],
        "ledger": card_table(presenters.title(kind), [presenters.label(column) for column in columns], rows),
        "page": listing,
        "search": presenters.label(columns[0]),
        "text": text,
        "kind": kind,
    }


def _value(kind: str, version: Any, column: Any, teams: Mapping[str, str | None]) -> str:  # noqa: ANN401 -- a row of any register
    text = presenters.value(getattr(version, column.field), column) or presenters.empty_cell(kind, column.field)
    name = teams.get(text) if column.field == "team" else None
    return f"{text} {name}" if name else text or "–"


# ---- the firm's side


@require_safe
@page(Permission.READ)
def choice(request: Request, code: str) -> HttpResponse:
    """Show what the room of a day shows, what was looked at, and what is asked for."""
    _, day = words(current()), request.GET.get("day", "")
    visit = get_visit(code, checks.parse_day(day)) if day else room.find_room_visit(request.enterprise.code)
    context: Json = {"visit": visit, "kept": request.GET.get("kept") == "1"}
    if visit is not None:
        stored = room.room_to_document(visit)
        context |= {
            "stored": stored,
            "count": len(stored.items),
            "may": stored.open and has_permission(request.actor, code, Permission.MANAGE_DATA),
            "rows": [
                (_(texts.ROWS[rule]), [(key, _label(key, _), key in stored.items) for key in keys])
                for rule, keys in room.OFFERS.items()
            ],
            "waiting": [_describe_entry(room.entry_to_document(one), _) for one in room.list_unshown(visit)],
            "log": [_describe_entry(one, _) for one in stored.log],
        }
    return render(request, "inspection/choice.html", context)


@require_POST
@page(Permission.MANAGE_DATA)
def keep_choice(request: Request, code: str) -> HttpResponse:
    """Release what is ticked, and nothing else."""
    day = checks.parse_day(request.POST.get("day", ""))
    room.release_items(enterprise=code, day=day, items=request.POST.getlist("item"), actor=request.actor)
    return redirect(f"{reverse('inspection-day-room', kwargs={'code': code})}?day={day}&kept=1")


@require_POST
@page(Permission.MANAGE_DATA)
def note_shown(request: Request, code: str) -> HttpResponse:
    """Note that an original was shown."""
    entry = request.POST.get("entry", "")
    if not (entry.isascii() and entry.isdecimal() and len(entry) <= 18):  # noqa: PLR2004 -- digits of a number of a row
        raise Http404
    room.mark_shown(enterprise=code, entry=int(entry), actor=request.actor)
    day = RoomEntry.objects.values_list("visit__day", flat=True).get(pk=int(entry))
    return redirect(f"{reverse('inspection-day-room', kwargs={'code': code})}?day={day}")


@require_safe
@page(Permission.READ)
def preview(request: Request, code: str, rule: str = "") -> HttpResponse:
    """Show the room as the inspectors see it; nothing of it stands in the log."""
    visit = room.find_room_visit(code)
    address = reverse("inspection-day-room-preview", kwargs={"code": code})
    back = reverse("inspection-day-room", kwargs={"code": code})
    released = frozenset[str]() if visit is None else room.list_released(visit)
    entered = Room(request.enterprise, visit, released, address, back)
    if rule and rule not in entered.rules:
        raise Http404
    return _render(request, entered, rule or next(iter(entered.rules), ""))


def _label(key: str, _: Words) -> str:
    kind, _colon, name = key.partition(":")
    match kind:
        case "card":
            return gettext("Card: {question}").format(question=_(inspection_texts.CARDS[name]))
        case "register":
            return gettext("Register: {name}").format(name=presenters.title(name))
        case "screen":
            return gettext("Screen: {name}").format(name=_(SCREENS[name]))
        case _:
            return gettext("Checks and their evidence")


def _describe_entry(entry: documents.RoomEntry, _: Words) -> Json:
    answered = entry.answered_at
    return {
        "entry": entry.entry,
        "subject": entry.subject,
        "at": format_moment(datetime.fromisoformat(entry.at)),
        "answered": format_moment(datetime.fromisoformat(answered)) if answered else "",
        "who": person(entry.by),
        "row": _(texts.ROWS[entry.rule]),
    }
