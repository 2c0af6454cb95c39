"""The inspection day: notice with its scans, agenda, who stands where, evidence, a way in for the inspector."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.paper.texts.platform import BADGES, STATES
from nianjian.engines.paper.words import Words, words
from nianjian.features.inspection.documents import Check, ScreensNote, Sheet, Visit
from nianjian.features.inspection.operations import day as visits
from nianjian.features.inspection.operations import readiness
from nianjian.features.inspection.operations.day import build_sheet
from nianjian.features.inspection.pages import checks as places
from nianjian.features.inspection.queries import Json
from nianjian.features.inspection.states import PlanLine, format_lines
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, takes_files
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField, run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Table, card_table
from nianjian.platform.web.work import person

DIGITS: Final = 18
ACCEPTED: Final = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.ofd"


def _text_field(label: Any, name: str) -> forms.CharField:  # noqa: ANN401 -- a lazy text
    return forms.CharField(label=label, required=False, max_length=visits.LENGTHS[name])


class ScanForm(forms.Form):
    """A scan."""

    file = forms.FileField(
        label=gettext_lazy("Scan of the notice"),
        help_text=gettext_lazy("PDF, JPEG, PNG, TIFF or OFD, at most 20 MiB; stored encrypted."),
        widget=forms.ClearableFileInput({"accept": ACCEPTED, "class": "drop"}),
    )


class ScreensForm(forms.Form):
    """What somebody has seen in the room."""

    seen_on = DayField(label=gettext_lazy("Checked on"))
    stand = forms.ChoiceField(
        label=gettext_lazy("What I have seen"),
        choices=(
            ("yes", gettext_lazy("both screens are in the room and show live data")),
            ("no", gettext_lazy("they are not both there with live data")),
        ),
    )


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def add_scan(request: Request, code: str) -> HttpResponse:
    """Keep a scan beside a day."""
    day, form = _posted_day(request), ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choose a file first."))
        return _back_to_scans(code, day)
    file = form.cleaned_data["file"]
    try:
        files.require_size(file.name or "", file.size or 0, visits.SCAN_LIMIT)  # before it is read into memory
        visits.attach_scan(enterprise=code, day=day, name=file.name or "", content=file.read(), actor=request.actor)
        messages.success(request, gettext("The file is stored, encrypted."))
    except NianjianError as error:
        messages.error(request, describe_error(error)[0])
    return _back_to_scans(code, day)


@require_POST
@page(Permission.VIEW_UNMASKED)
def fetch_scan(request: Request, code: str) -> HttpResponse:
    """Give a scan out as it came; each time is noted."""
    day, number = _posted_day(request), _posted_number(request)
    name, media, content = visits.fetch_scan(enterprise=code, day=day, number=number, actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=media), name)


@require_POST
@page(Permission.MANAGE_DATA)
def remove_scan(request: Request, code: str) -> HttpResponse:
    """Take a scan back."""
    day = _posted_day(request)
    visits.remove_scan(enterprise=code, day=day, number=_posted_number(request), actor=request.actor)
    return _back_to_scans(code, day)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def note_screens(request: Request, code: str) -> HttpResponse:
    """Sign what was seen in the room; its form."""
    if request.method != "POST":
        form = ScreensForm(initial={"seen_on": clock.today()}, auto_id="seen_%s")
        what = gettext("You sign with your account and the date; it is valid for some days, then check again.")
        return _show_form(request, form, gettext("Screens in the room"), gettext("Save and sign"), what)
    form = ScreensForm(request.POST, auto_id="seen_%s")
    if not form.is_valid():
        messages.error(request, gettext("Enter the day on which you checked."))
        return redirect("inspection-day", code=code)
    try:
        stand = form.cleaned_data["stand"] == "yes"
        visits.note_screens(enterprise=code, seen_on=form.cleaned_data["seen_on"], stand=stand, actor=request.actor)
        messages.success(request, gettext("Saved and signed with your account."))
    except NianjianError as error:
        messages.error(request, describe_error(error)[0])
    return redirect("inspection-day", code=code)


def _notice_context(visit: Visit | None) -> dict[str, Any]:
    scans = [] if visit is None else visit.scans
    return {
        "scans": [(one, f"{figures.count_text(-(-one.size // 1024))} KiB · SHA-256") for one in scans],
        "scan_form": None if visit is None else ScanForm(auto_id="scan_%s"),
    }


def _back_to_scans(code: str, day: date) -> HttpResponse:
    return redirect(f"{reverse('inspection-day', kwargs={'code': code})}?day={day.isoformat()}#scans")


def _posted_day(request: Request) -> date:
    return places.parse_day(request.POST.get("day", ""))


def _posted_number(request: Request) -> int:
    text = request.POST.get("scan", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise Http404
    return int(text)


LOOKED: Final = ("readiness", "answers", "retention")  # what the sheet and its copy are made of
AHEAD: Final = timedelta(days=14)


class VisitForm(forms.Form):
    """What is kept of a day."""

    day = DayField(label=gettext_lazy("Inspection day"))
    notice = _text_field(gettext_lazy("Notice"), "notice")
    authority = _text_field(gettext_lazy("Authority"), "authority")
    received_on = DayField(label=gettext_lazy("Notice received on"), required=False)
    place = _text_field(gettext_lazy("Place of the check"), "place")
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        required=False,
        help_text=gettext_lazy("One per line: time | what | who. Functions rather than names; no telephone numbers."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    posts = forms.CharField(
        label=gettext_lazy("Positions"),
        required=False,
        help_text=gettext_lazy("One per line: place | who | task."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AdmitForm(forms.Form):
    """An inspector and the last day."""

    user = forms.CharField(label=gettext_lazy("User name"), max_length=80)
    until = DayField(label=gettext_lazy("Last day"))


@require_safe
@page(Permission.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show the next day, or the one that is named."""
    return _front(request, code, _requested_day(request))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def save_visit(request: Request, code: str) -> HttpResponse:
    """Keep a day; its form, of a new day or of the one that is named."""
    if request.method != "POST":
        day = _requested_day(request)
        visit = None if day is None else build_sheet(enterprise=code, actor=request.actor, day=day).visit
        return _show_visit_form(
            request, VisitForm(initial=_initial(visit, words(current()))), visit.day if visit else None
        )
    form = VisitForm(request.POST)
    who: Json = {"enterprise": code, "actor": request.actor}
    if run_form(form, lambda values: visits.save_visit(visit=visits.VisitInput(**values), **who)):
        return redirect(f"{reverse('inspection-day', kwargs={'code': code})}?day={form.cleaned_data['day']}")
    return _show_visit_form(request, form)


@require_POST
@page(Permission.MANAGE_DATA)
def remove_visit(request: Request, code: str) -> HttpResponse:
    """Take a day back."""
    visits.remove_visit(enterprise=code, day=_posted_day(request), actor=request.actor)
    return redirect("inspection-day", code=code)


def _show_visit_form(request: Request, form: VisitForm, day: str | None = None) -> HttpResponse:
    """Show the form of a day; ``day``: the day that is changed."""
    title = gettext("Change this day") if day else gettext("Record an inspection day")
    return _show_form(request, form, title, gettext("Save"), removes=day)


def _show_form(  # noqa: PLR0917 -- the words of one page
    request: Request, form: forms.Form, title: str, send: str, what: str = "", removes: str | None = None
) -> HttpResponse:
    """Show a form of the day by itself."""
    context = {"form": form, "title": title, "send": send, "what": what, "removes": removes}
    context |= {"back": reverse("inspection-day", kwargs={"code": request.enterprise.code})}
    return render(request, "inspection/form.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.PEOPLE)
def admit_inspector(request: Request, code: str) -> HttpResponse:
    """Let an inspector in until the end of a day; the link stands in this answer and nowhere else."""
    posted = request.method == "POST"
    form = AdmitForm(request.POST if posted else None, auto_id="admit_%s", initial={"until": _find_last_day(request)})
    if posted and form.is_valid():
        try:
            link = visits.admit_inspector(enterprise=code, actor=request.actor, **form.cleaned_data)
            url = env.address(link.path, request.build_absolute_uri(link.path))
            return _front(request, code, None, {"made": link, "url": url})
        except NianjianError as error:
            form.add_error(None, " ".join(describe_error(error)))
    what = gettext("Opens a read-only session; each opening is recorded.")
    send = gettext("Give an inspector read access")
    return _show_form(request, form, gettext("Inspectors"), send, what)


def _find_last_day(request: Request) -> date:
    """The day of the next inspection; where none is known, in two weeks."""
    visit, today = build_sheet(enterprise=request.enterprise.code, actor=request.actor).visit, clock.today()
    return today + AHEAD if visit is None else max(date.fromisoformat(visit.day), today)


@require_POST
@page(Permission.REPORT)
def enqueue_checks(request: Request, code: str) -> HttpResponse:
    """Look anew at all that the sheet and its copy are made of: work, one job a part; on to that of readiness."""
    jobs = [readiness.look.enqueue(enterprise=code, part=part, actor=request.actor) for part in LOOKED]
    return redirect("data-job", code=code, job=jobs[0])


@require_safe
@page(Permission.READ)
def send_copy(request: Request, code: str) -> HttpResponse:
    """Give the copy for a network that fails."""
    name, content = visits.build_bundle(
        enterprise=code, actor=request.actor, language=current(), day=_requested_day(request)
    )
    return as_attachment(HttpResponse(content, content_type=visits.ZIP_MEDIA), name)


def _requested_day(request: Request) -> date | None:
    text = request.GET.get("day", "")
    return places.parse_day(text) if text else None


def _front(request: Request, code: str, day: date | None, extra: Json | None = None) -> HttpResponse:
    _ = words(current())
    sheet = build_sheet(enterprise=code, actor=request.actor, day=day)
    visit = sheet.visit
    keep = reverse("inspection-day-keep", kwargs={"code": code})
    allowed = {name: has_permission(request.actor, code, act) for name, act in _ACTS.items()}
    context: Json = {
        "told": sheet,
        "badge": BADGES[sheet.state],
        "looked": "" if sheet.looked_at is None else format_moment(datetime.fromisoformat(sheet.looked_at)),
        "state": _(STATES[sheet.state]),
        "pairs": [
            pair for pair in texts.notice_lines(to_builtins(replace(sheet, screens=None)), _, empty="") if pair[1]
        ],
        "why": texts.evidence_reason(sheet.notice.state, _),
        "tables": [] if visit is None else [one for one in (_agenda(visit), _posts(visit)) if one.rows],
        "evidence": _evidence(sheet, code, _),
        "earlier": [one for one in sheet.days if visit is None or one != visit.day],
        "keep": keep if visit is None else f"{keep}?day={visit.day}",
        "seen": _describe_screens(sheet.screens),
        "inspectors": _inspectors(request, code) if allowed["people"] else None,
        "may": allowed,
        **_notice_context(visit),
    }
    return render(request, "inspection/day.html", context | (extra or {}))


def _describe_screens(note: ScreensNote | None) -> str:
    """Who saw the screens of the room last, and when."""
    if note is None:
        return gettext("Nobody has signed yet that both screens are there with live data.")
    day, until = (format_day(date.fromisoformat(one)) for one in (note.seen_on, note.until))
    text = gettext("checked on {seen_on}, signed by {signed}; valid until {until}")
    return text.format(seen_on=day, signed=person(note.signed), until=until)


_ACTS: Final = {
    "load": Permission.MANAGE_DATA,
    "report": Permission.REPORT,
    "people": Permission.PEOPLE,
    "reveal": Permission.VIEW_UNMASKED,
}


def _initial(visit: Visit | None, _: Words) -> dict[str, Any]:
    """What the form shows: the day as it is kept, else an agenda to begin with."""
    if visit is None:
        agenda, posts = texts.proposed_agenda(_)
        return {"agenda": agenda, "posts": posts}
    return {
        **{name: getattr(visit, name) for name in ("day", "notice", "authority", "received_on", "place")},
        "agenda": format_lines([PlanLine(one.at, one.what, one.who) for one in visit.agenda]),
        "posts": format_lines([PlanLine(one.place, one.who, one.task) for one in visit.posts]),
    }


def _agenda(visit: Visit) -> Table:
    rows = [[Cell(one.at, day=True), Cell(one.what), Cell(person(one.who) or "–")] for one in visit.agenda]
    heads = (gettext("time"), gettext("agenda item"), gettext("responsible"))
    return card_table(gettext("Agenda"), heads, rows)


def _posts(visit: Visit) -> Table:
    rows = [[Cell(one.place), Cell(person(one.who)), Cell(one.task or "–")] for one in visit.posts]
    return card_table(gettext("Positions"), (gettext("post"), gettext("responsible"), gettext("task")), rows)


def _evidence(sheet: Sheet, code: str, _: Words) -> Table:
    """The rule leads to the page where it is looked after."""
    rows = []
    for row in sheet.rows:
        title = f"{row.rule} {_(texts.ROWS[row.rule])}"
        rows += [
            [
                Cell(title, href=places.rule_address(code, row.rule)),
                Cell(
                    texts.evidence_name(one.check, _) if one.check else "–",
                    href=places.check_address(code, one.check, row.rule) if one.check else "",
                ),
                Cell(_(STATES[one.state]), badge=BADGES[one.state]),
                Cell(texts.evidence_reason(one.why, _) if one.why else _("not checked yet")),
                Cell(format_day(date.fromisoformat(one.day)) if one.day else "–", day=True),
            ]
            for one in row.evidence or [Check("", "", row.rule, row.state, "")]
        ]
    heads = (gettext("rule"), gettext("evidence"), gettext("state"), gettext("why"), gettext("as at"))
    return card_table(gettext("What is checked, and the evidence"), heads, rows)


def _inspectors(request: Request, code: str) -> Table | None:
    rows = [
        [Cell(person(one.user), href=reverse("people-one-here", kwargs={"code": code, "name": one.user})),
         Cell(format_moment(datetime.fromisoformat(one.until)) if one.until else "–", day=True)]
        for one in visits.list_inspectors(enterprise=code, actor=request.actor)
    ]  # fmt: skip
    heads = (gettext("Name"), gettext("may read until"))
    return card_table(gettext("Inspectors"), heads, rows) if rows else None
