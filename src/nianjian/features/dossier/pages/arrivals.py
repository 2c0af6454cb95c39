"""Pages of versions and of files that wait: what each seems to be, and a person who confirms or changes it."""

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier import FIELDS, SEALS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.documents import ArrivalGuess, ArrivalPart, PageMark
from nianjian.features.dossier.kinds import ITEMS, KNOWN
from nianjian.features.dossier.materials import SEEN
from nianjian.features.dossier.models import Arrival
from nianjian.features.dossier.operations import arrivals, checklist, overrulings, sealed_book
from nianjian.features.dossier.operations.arrivals import PICTURES_AT_ONCE
from nianjian.features.dossier.operations.checklist import ENDINGS, STEP, Page
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.presenters import (
    WEIGHTS,
    item_title,
    place,
    require_year,
    take_files,
    work_context,
)
from nianjian.features.dossier.recognition import Range, format_range
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving, upload_page

Json = dict[str, Any]
CLASSES: Final = {**WEIGHTS, SEEN: "good"}


def _sheet(page: int, wide: float, high: float, jpeg: bytes | None) -> Json:
    """A page whose sides are in mm; ``picture``: an address that holds it, or ""."""
    picture = "" if jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return {"page": page, "wide": _mm(wide), "high": _mm(high), "picture": picture}


def build_sheet(one: Page) -> Json:
    """A page with its marks, facts and findings (badge, sentence), the gravest first."""
    return {
        **_sheet(one.page, one.wide_mm, one.high_mm, one.jpeg),
        "marks": [_mark(mark) for mark in one.marks],
        "facts": _facts(one),
        "findings": [(badge, text) for badge, _page, text in presenters.finding_sentences(one.findings)],
    }


def _mark(one: PageMark) -> dict[str, str]:
    """A mark with its place as texts of numbers, so that no language writes a comma into the drawing."""
    (x, y), (across, down) = one.middle, one.size
    lengths = {
        "left": one.left, "top": one.top, "right": one.right, "bottom": one.bottom, "x": x, "y": y, "across": across,
        "down": down, "radius": across / 2,
    }  # fmt: skip
    return {"shape": one.shape, "badge": CLASSES[one.weight]} | {name: _mm(one) for name, one in lengths.items()}


def _mm(length: float) -> str:
    return f"{length:.1f}"


def _facts(one: Page) -> list[str]:
    _, facts = words(current()), one.facts
    if facts.colour is None:
        return []
    said = [
        f"{round(one.wide_mm)} × {round(one.high_mm)} mm",
        _("colour") if facts.colour == "colour" else _("grey"),
    ]
    if facts.dpi is not None:
        said.append(f"{facts.dpi} dpi")
    if facts.skew_deg is not None:
        said.append(gettext("skewed by {degrees}°").format(degrees=f"{facts.skew_deg:.1f}"))
    return said + [
        gettext("{kind}, {size} mm").format(kind=_(SEALS[seal.kind]), size=f"{seal.diameter_mm:.0f}")
        for seal in facts.seals or ()
    ]


FARTHEST = 1000  # pages of a file


def beginning(text: str) -> int:
    """The page to begin with; what makes no sense is the first."""
    sensible = text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST)) and int(text)
    return min(int(text), FARTHEST) if sensible else 1


@require_safe
@page(Permission.READ)
def show_outlines(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Outlines of the pages with what was found on each."""
    return _render_pages(request, code, year, item, number)


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal_pages(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """The same with the pictures; it stands in the audit chain before."""
    return _render_pages(request, code, year, item, number, revealed=True)


@require_POST
@page(Permission.MANAGE_DATA)
def request_drawing(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Have the pages drawn by the worker."""
    checklist.enqueue_drawing(**place(request, code, year), item=item, number=number)
    return redirect("dossier-pages", code=code, year=year, item=item, number=number)


def _render_pages(
    request: Request, code: str, year: int, item: str, number: int, *, revealed: bool = False
) -> HttpResponse:
    drawing = checklist.find_drawing(code, require_year(year), item, number)  # read before what it makes
    read, form = (checklist.reveal_pages, request.POST) if revealed else (checklist.preview_pages, request.GET)
    result = read(**place(request, code, year), item=item, number=number, first=beginning(form.get("from", "")))
    row = result.version
    first = result.pages[0].page if result.pages else 1
    last = result.pages[-1].page if result.pages else 0
    address = [code, year, item, row.number]
    context = {
        "year": year,
        "item": item,
        "heading": presenters.item_title(item),
        "version": row,
        "sheets": [build_sheet(one) for one in result.pages],
        "first": first,
        "last": last,
        "back": max(1, first - STEP) if first > 1 else 0,
        "on": last + 1 if last < row.pages else 0,
        "revealed": revealed,
        "drawn": result.has_pictures,
        "drawable": row.media_type in ENDINGS,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "here": reverse("dossier-pages", args=address),
        "show": reverse("dossier-pages-show", args=address),
        **work_context(code, [None if result.has_pictures else drawing]),
    }
    return render(request, "dossier/pages.html", context)


KIB = 1024


def build_waiting_file(row: Arrival, *, cutting: bool = False) -> Json:
    """A file with what its content speaks for; only a clear proposal is filled in. ``cutting``: that waits or runs.

    ``chosen``: the item that stands in the field at first, or ""; ``said``: what speaks for it, a line a guess.
    ``cut``: it may have several papers; ``overrulable``: two people can overrule what refused it.
    """
    proposal, fault = arrivals.read_proposal(row), arrivals.read_fault(row)
    badge, state, chosen = "plain", gettext("not read yet"), ""
    said: list[str] = []
    # An OFD has 0 pages; what nobody has counted may have several.
    cut = fault is None and (proposal is None or proposal.pages is None or proposal.pages > 1)
    if fault is not None:
        badge, state, said = "bad", gettext("cannot be read"), [data.fault(fault)]
    elif proposal is not None:
        said = [_evidence(one) for one in proposal.guesses]
        chosen = str(proposal.item) if proposal.sure else ""
        said += [_part(one) for one in proposal.papers]
        if proposal.papers:
            badge, state = "warn", gettext("several documents")
        elif proposal.sure:
            badge, state = "good", item_title(chosen)
        elif proposal.item:
            badge, state = "warn", gettext("perhaps {item}").format(item=item_title(proposal.item))
        else:
            badge, state = "warn", gettext("not recognised")
    if cutting:
        badge, state, chosen = "plain", gettext("being split"), ""
    size = f"{-(-row.size // KIB)} KiB"
    overrulable = fault is not None and fault.code in sealed_book.OVERRULABLE
    if fault is not None and overrulable:
        state = gettext("not accepted")  # it was read
        if overrulings.find_scan_request(row, fault.code):
            said.append(gettext("A second person has been asked; see Approvals."))
            overrulable = False
    return {"key": row.pk, "name": row.name or "", "size": size, "badge": badge, "state": state, "chosen": chosen,
            "said": said, "cut": cut, "overrulable": overrulable}  # fmt: skip


def _part(one: ArrivalPart) -> str:
    item = item_title(one.item) if one.item else gettext("not recognised")
    return gettext("pages {pages}: {item}").format(pages=format_range(one.first, one.last), item=item)


def _evidence(one: ArrivalGuess) -> str:
    """What speaks for an item, as it was read."""
    _ = words(current())
    comma = _(", ")
    parts = [gettext("{item}: {points} points").format(item=item_title(one.item), points=one.points)]
    if one.title:
        parts.append(gettext("heading “{title}”").format(title=one.title))
    if one.words:
        parts.append(gettext("words {words}").format(words=comma.join(one.words)))
    if one.fields:
        fields = comma.join(_(FIELDS[name]) if name in FIELDS else name for name in one.fields)
        parts.append(gettext("read: {fields}").format(fields=fields))
    return " · ".join(parts)


def item_choices(further: Sequence[str]) -> list[tuple[str, str]]:
    """Every item with its name, the ``further`` ones that are asked for here too."""
    return [(item, item_title(item)) for item in (*ITEMS, *further)]


ROWS, FREE = 6, 3  # on a page at least; of them empty ones
DIGITS: Final = 6  # of a page number: more is none of any file


Typed = Sequence[tuple[str, object, object]]


@require_safe
@page(Permission.MANAGE_DATA)
def show_ranges(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The ranges that its content speaks for, or that were asked for last and refused; once it is cut, what came."""
    last = arrivals.find_last_cutting(code, require_year(year), arrival)
    if last is not None and last.state == data.DONE:
        return redirect("data-job", code=code, job=last.id)
    row = arrivals.get_arrival(**place(request, code, year), arrival=arrival)
    if last is None:
        proposal = arrivals.read_proposal(row)
        return _page(request, code, year, arrival, _typed(proposal.papers if proposal else []))
    rows = _typed(msgspec.convert(last.payload["papers"], list[ArrivalPart]))
    return _page(request, code, year, arrival, rows, leave=bool(last.payload["leave"]))


@require_POST
@page(Permission.MANAGE_DATA)
def cut_file(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """Have the file cut as a person has said; where that is refused, what was typed stands there still."""
    require_year(year)
    rows, leave = _read_rows(request.POST)
    papers = [Range(item, _page_number(first), _page_number(last)) for item, first, last in rows if item]
    try:
        arrivals.enqueue_cutting(**place(request, code, year), arrival=arrival, papers=papers, leave=leave)
    except NianjianError as fault:
        if fault.code == "dossier_arrival_unknown":
            raise
        messages.error(request, data.fault(fault))
        return _page(request, code, year, arrival, rows, leave=leave)
    return redirect("dossier-cut", code=code, year=year, arrival=arrival)


@require_POST
@page(Permission.VIEW_UNMASKED)
def pictures(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The same with pictures of the pages, in the audit chain before; what was typed stands there still."""
    require_year(year)
    rows, leave = _read_rows(request.POST)
    return _page(request, code, year, arrival, rows, leave=leave, first=beginning(request.POST.get("from", "")))


def _page(
    request: Request, code: str, year: int, arrival: int, rows: Typed, *, leave: bool = False, first: int = 0
) -> HttpResponse:
    """``first``: the page from which on pictures are shown; 0: none are."""
    of = place(request, code, year) | {"arrival": arrival}
    last = arrivals.find_last_cutting(code, year, arrival)  # read before what it makes
    row = arrivals.get_arrival(**of)
    seen = arrivals.reveal_pages(**of, first=first) if first else []
    padded = [*rows, *[("", "", "")] * max(FREE, ROWS - len(rows))]
    pages = arrivals.count_pages(row)
    context = {
        "year": year,
        "file": build_waiting_file(row),
        "pages": pages,
        "rows": [
            {"number": number, "item": item, "first": str(begin), "last": str(end)}
            for number, (item, begin, end) in enumerate(padded, 1)
        ],
        "choices": item_choices(checklist.list_further_items(code)),
        "leave": leave,
        "sheets": [_sheet(one.page, one.wide_mm, one.high_mm, one.jpeg) for one in seen],
        "first": first,
        "last": seen[-1].page if seen else 0,
        "back": max(1, first - PICTURES_AT_ONCE) if first > 1 else 0,
        "on": first + PICTURES_AT_ONCE if first and first + PICTURES_AT_ONCE <= pages else 0,
        "drawn": row.pictures.exists(),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "refused": data.describe_job_error(last.error)[0] if last is not None and last.state == "failed" else "",
        **work_context(code, [last] if last and not last.over else []),
    }
    return render(request, "dossier/cut.html", context)


def _typed(parts: Sequence[ArrivalPart]) -> Typed:
    return [(one.item or "", one.first, one.last) for one in parts]


def _read_rows(form: Mapping[str, object]) -> tuple[list[tuple[str, str, str]], bool]:
    """Rows in which something stands, in their order; whether other pages may be lost."""
    rows: list[tuple[str, str, str]] = []
    for number in count(1):
        if f"item-{number}" not in form:
            break
        item, first, last = (str(form.get(f"{name}-{number}", "")).strip() for name in ("item", "first", "last"))
        if item or first or last:
            rows.append((item, first, last))
    return rows, form.get("leave") == "yes"


def _page_number(text: str) -> int:
    """0 where it is none: no file has such a page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


SHOWN: Final = 50  # files on one page
FIELD: Final = "item-"
AWAY: Final = "away"


@require_safe
@page(Permission.MANAGE_DATA)
def index(request: Request, code: str, year: int) -> HttpResponse:
    """Files that wait for a person, with what each seems to be."""
    of = place(request, code, year)
    jobs, cut = arrivals.list_reading_jobs(code, year), arrivals.list_cuttings(code, year)
    rows = arrivals.list_waiting_files(**of, most=SHOWN + 1)
    context = {
        "year": year,
        "files": [build_waiting_file(one, cutting=one.pk in cut) for one in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "most": SHOWN,
        "choices": item_choices(checklist.list_further_items(code)),
        "away": AWAY,
        "field": FIELD,
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        **work_context(code, jobs),
    }
    return render(request, "dossier/sort.html", context)


@upload_page(Permission.MANAGE_DATA)
def upload(request: Request, code: str, year: int, handler: Receiving) -> HttpResponse:
    """Take files of any item; the worker looks at each."""
    require_year(year)
    values = request.POST  # reading it is what brings the files in
    if take_files(request, handler, partial(arrivals.store_file, **place(request, code, year))):
        arrivals.enqueue_reading(**place(request, code, year))
    back = "dossier-season" if values.get("back") == "stages" else "dossier-sort"
    return redirect(back, code=code, year=year)


@require_POST
@page(Permission.MANAGE_DATA)
def decide(request: Request, code: str, year: int) -> HttpResponse:
    """Give each file for which something was chosen to its item, or delete it; the others wait on."""
    require_year(year)
    decisions = away = 0
    for name, chosen in request.POST.items():
        key = name.removeprefix(FIELD)
        if not name.startswith(FIELD) or not (key.isascii() and key.isdigit()) or not isinstance(chosen, str):
            continue
        of = place(request, code, year) | {"arrival": int(key)}
        try:
            if chosen == AWAY:
                arrivals.delete_file(**of)
                away += 1
            elif chosen in KNOWN:
                arrivals.decide_item(**of, item=chosen)
                decisions += 1
        except NianjianError as fault:
            messages.error(request, data.fault(fault))
    if decisions:
        messages.success(request, gettext("Files that are being checked: {count}.").format(count=decisions))
    if away:
        messages.success(request, gettext("Files that were deleted: {count}.").format(count=away))
    if not decisions and not away:
        messages.info(request, gettext("Choose an item for a file first."))
    return redirect("dossier-sort", code=code, year=year)


@require_POST
@page(Permission.REQUEST)
def overrule_scan(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """Ask a second person to overrule what refused the scan of a sealed book."""
    require_year(year)
    try:
        overrulings.request_scan_overruling(
            **place(request, code, year), arrival=arrival, reason=request.POST.get(f"reason-{arrival}", "")
        )
    except NianjianError as fault:
        if fault.code == "dossier_arrival_unknown":
            raise
        messages.error(request, data.fault(fault))
    else:
        messages.success(request, gettext("A second person has been asked; see Approvals."))
    return redirect("dossier-sort", code=code, year=year)
