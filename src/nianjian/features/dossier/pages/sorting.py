"""Many files at once: what each seems to be, and a person who confirms or changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.words import FIELDS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.arrivals import query
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.arrivals.ranges import Range, spoken
from nianjian.features.dossier.kinds.catalogue import ITEMS, KNOWN
from nianjian.features.dossier.operations import checklist, cutting, further, sorting
from nianjian.features.dossier.operations.cutting import STEP
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.pictures import bare, beginning
from nianjian.features.dossier.pages.presenters import title
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import reads_form_itself, takes_files
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.work import progressing

KIB = 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """``chosen``: the item that stands in the field at first, or ""; ``said``: what speaks for it, a line a guess.

    ``cut``: it may have several papers.
    """

    key: int
    name: str
    size: str
    badge: str
    state: str
    chosen: str
    said: list[str]
    cut: bool


def waiting(row: Arrival, *, cutting: bool = False) -> Waiting:
    """A file with what its content speaks for; only a clear proposal is filled in. ``cutting``: that waits or runs."""
    told, fault = query.proposal(row), query.fault(row)
    badge, state, chosen = "plain", gettext("not read yet"), ""
    said: list[str] = []
    cut = fault is None and (told or {}).get("pages", 2) > 1  # an OFD has 0; what nobody has counted may have more
    if fault is not None:
        badge, state, said = "bad", gettext("cannot be read"), [data.describe_job_error(fault)[0]]
    elif told is not None:
        said = [_evidence(one) for one in told["guesses"]]
        chosen = str(told["item"]) if told["sure"] else ""
        said += [_part(one) for one in told.get("papers", ())]
        if told.get("papers"):
            badge, state = "warn", gettext("several papers")
        elif told["sure"]:
            badge, state = "good", title(chosen)
        elif told["item"]:
            badge, state = "warn", gettext("perhaps {item}").format(item=title(str(told["item"])))
        else:
            badge, state = "warn", gettext("not recognised")
    if cutting:
        badge, state, chosen = "plain", gettext("being cut"), ""
    return Waiting(row.pk, row.name or "", f"{-(-row.size // KIB)} KiB", badge, state, chosen, said, cut)


def _part(one: dict[str, Any]) -> str:
    """Pages that seem to be a paper of their own."""
    item = title(str(one["item"])) if one["item"] else gettext("not recognised")
    return gettext("pages {pages}: {item}").format(pages=spoken(one["first"], one["last"]), item=item)


def _evidence(one: dict[str, Any]) -> str:
    """What speaks for an item, as it was read."""
    _ = words(current())
    comma = _(", ")
    parts = [gettext("{item}: {points} points").format(item=title(one["item"]), points=one["points"])]
    if one["title"]:
        parts.append(gettext("heading “{title}”").format(title=one["title"]))
    if one["words"]:
        parts.append(gettext("words {words}").format(words=comma.join(one["words"])))
    if one["fields"]:
        fields = comma.join(_(FIELDS[name]) if name in FIELDS else name for name in one["fields"])
        parts.append(gettext("read: {fields}").format(fields=fields))
    return " · ".join(parts)


def choices(further: Sequence[str]) -> list[tuple[str, str]]:
    """Every item with its name, the ``further`` ones that are asked for here too."""
    return [(item, title(item)) for item in (*ITEMS, *further)]


ROWS, FREE = 6, 3  # on a page at least; of them empty ones
DIGITS: Final = 6  # of a page number: more is none of any file


@dataclass(frozen=True, slots=True)
class Row:
    """A range as it stands in the form."""

    number: int
    item: str
    first: str
    last: str


Typed = Sequence[tuple[str, object, object]]


@require_safe
@page(Act.LOAD)
def show_ranges(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The ranges that its content speaks for, or that were asked for last and refused; once it is cut, what came."""
    last = cutting.last(code, in_reach(year), arrival)
    if last is not None and last.state == data.DONE:
        return redirect("data-job", code=code, job=last.id)
    row = sorting.get_arrival(enterprise=code, year=year, arrival=arrival, actor=request.actor)
    parts: list[dict[str, Any]] = (query.proposal(row) or {}).get("papers", [])
    if last is None:
        return _page(request, code, year, arrival, _typed(parts))
    asked = _typed(cast("list[dict[str, Any]]", last.payload["papers"]))
    return _page(request, code, year, arrival, asked, leave=bool(last.payload["leave"]))


@require_POST
@page(Act.LOAD)
def cut(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """Have the file cut as a person has said; where that is refused, what was typed stands there still."""
    in_reach(year)
    rows, leave = _given(request.POST)
    papers = [Range(item, _page_number(first), _page_number(last)) for item, first, last in rows if item]
    try:
        cutting.enqueue_cutting(
            enterprise=code, year=year, arrival=arrival, papers=papers, leave=leave, actor=request.actor
        )
    except NianjianError as fault:
        if fault.code == "dossier_arrival_unknown":
            raise
        messages.error(request, data.fault(fault))
        return _page(request, code, year, arrival, rows, leave=leave)
    return redirect("dossier-cut", code=code, year=year, arrival=arrival)


@require_POST
@page(Act.REVEAL)
def pictures(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The same with pictures of the pages, in the audit chain before; what was typed stands there still."""
    in_reach(year)
    rows, leave = _given(request.POST)
    return _page(request, code, year, arrival, rows, leave=leave, first=beginning(request.POST.get("from", "")))


def _page(
    request: Request, code: str, year: int, arrival: int, rows: Typed, *, leave: bool = False, first: int = 0
) -> HttpResponse:
    """``first``: the page from which on pictures are shown; 0: none are."""
    place = {"enterprise": code, "year": year, "arrival": arrival, "actor": request.actor}
    row = sorting.get_arrival(**place)  # type: ignore[arg-type] # as they stand above
    seen = cutting.reveal_pages(**place, first=first) if first else []  # type: ignore[arg-type] # the same
    filled = [Row(number, item, str(begin), str(end)) for number, (item, begin, end) in enumerate(rows, 1)]
    most = max(ROWS, len(filled) + FREE)
    empty = [Row(number, "", "", "") for number in range(len(filled) + 1, most + 1)]
    last, pages = cutting.last(code, year, arrival), cutting.count_pages(row)
    context = {
        "year": year,
        "file": waiting(row),
        "pages": pages,
        "rows": [*filled, *empty],
        "choices": choices(further.of(code)),
        "leave": leave,
        "sheets": [bare(one) for one in seen],
        "first": first,
        "last": seen[-1].page if seen else 0,
        "back": max(1, first - STEP) if first > 1 else 0,
        "on": first + STEP if first and first + STEP <= pages else 0,
        "drawn": cutting.there(arrival),
        "may_reveal": may(request.actor, code, Act.REVEAL),
        "refused": data.describe_job_error(last.error)[0] if last is not None and last.state == "failed" else "",
        **({"working": True, **progressing(code, last)} if last and not last.over else {"working": False}),
    }
    return render(request, "dossier/cut.html", context)


def _typed(parts: Sequence[Mapping[str, Any]]) -> Typed:
    return [(one["item"] or "", one["first"], one["last"]) for one in parts]


def _given(form: Mapping[str, object]) -> tuple[list[tuple[str, str, str]], bool]:
    """Rows in which something stands, in their order; whether other pages may be lost."""
    found: list[tuple[str, str, str]] = []
    for number in count(1):
        if f"item-{number}" not in form:
            break
        item, first, last = (str(form.get(f"{name}-{number}", "")).strip() for name in ("item", "first", "last"))
        if item or first or last:
            found.append((item, first, last))
    return found, form.get("leave") == "yes"


def _page_number(text: str) -> int:
    """0 where it is none: no file has such a page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


SHOWN: Final = 50  # files on one page
FIELD: Final = "item-"
AWAY: Final = "away"


@require_safe
@page(Act.LOAD)
def index(request: Request, code: str, year: int) -> HttpResponse:
    """Files that wait for a person, with what each seems to be."""
    rows = sorting.waiting(enterprise=code, year=in_reach(year), actor=request.actor, most=SHOWN + 1)
    jobs, cut = sorting.list_reading_jobs(code, year), cutting.under_way(code, year)
    context = {
        "year": year,
        "files": [waiting(one, cutting=one.pk in cut) for one in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "most": SHOWN,
        "choices": choices(further.of(code)),
        "away": AWAY,
        "field": FIELD,
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        **({"working": True, **progressing(code, jobs[0])} if jobs else {"working": False}),
    }
    return render(request, "dossier/sort.html", context)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_POST
@page(Act.LOAD)
@takes_files
def upload(request: Request, code: str, year: int) -> HttpResponse:
    """Take files of any item; the worker looks at each."""
    in_reach(year)
    handler = Receiving(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, code, year, handler)
    finally:
        handler.drop()


@csrf_protect
def _received(request: HttpRequest, code: str, year: int, handler: Receiving) -> HttpResponse:
    request.POST  # noqa: B018 -- reading it is what brings the files in
    faults, came = list(handler.faults), 0
    actor = request.actor  # type: ignore[attr-defined] # the mark has set it
    for one in handler.files:
        try:
            sorting.take(
                enterprise=code, year=year, name=one.name, content=one.content(checklist.LIMIT), actor=actor
            )  # fmt: skip
        except NianjianError as fault:
            faults.append(fault)
        else:
            came += 1
    for refused in faults:
        messages.error(request, data.fault(refused))
    if came:
        sorting.read(enterprise=code, year=year, actor=actor)
        messages.success(request, gettext("Files that are being read: {count}.").format(count=came))
    elif not faults:
        messages.error(request, gettext("Choose a file first."))
    return redirect("dossier-sort", code=code, year=year)


@require_POST
@page(Act.LOAD)
def decide(request: Request, code: str, year: int) -> HttpResponse:
    """Give each file for which something was chosen to its item, or delete it; the others wait on."""
    in_reach(year)
    given = away = 0
    for name, chosen in request.POST.items():
        key = name.removeprefix(FIELD)
        if not name.startswith(FIELD) or not (key.isascii() and key.isdigit()) or not isinstance(chosen, str):
            continue
        place = {"enterprise": code, "year": year, "arrival": int(key), "actor": request.actor}
        try:
            if chosen == AWAY:
                sorting.put_away(**place)  # type: ignore[arg-type] # as they stand above
                away += 1
            elif chosen in KNOWN:
                sorting.decide(**place, item=chosen)  # type: ignore[arg-type] # as they stand above
                given += 1
        except NianjianError as fault:
            messages.error(request, data.fault(fault))
    if given:
        messages.success(request, gettext("Files that are being checked: {count}.").format(count=given))
    if away:
        messages.success(request, gettext("Files that were deleted: {count}.").format(count=away))
    if not given and not away:
        messages.info(request, gettext("Choose an item for a file first."))
    return redirect("dossier-sort", code=code, year=year)
