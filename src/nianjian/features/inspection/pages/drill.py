"""The drill: what the newest has shown, a new one, and the facilitator's screen that refreshes itself."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.charts import Chart, Point, Series
from nianjian.engines.paper.sections import html_chart
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.paper.texts.platform import BADGES, STATES
from nianjian.engines.paper.words import Words, mark, words
from nianjian.features.complaints.one_click import list_doors
from nianjian.features.inspection.documents import DrillHeld, DrillReport, TimelineEntry
from nianjian.features.inspection.operations import drill as drills
from nianjian.features.inspection.queries import Json
from nianjian.features.inspection.states import (
    CLOSED,
    FORWARD,
    GIVEN,
    HANDLED,
    LONGEST_MINUTES,
    ONE_CLICK,
    PLAYED,
    STEPS,
    DrillPlan,
)  # fmt: skip
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.people import list_candidates
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import PersonField
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Table, card_table
from nianjian.platform.web.work import person

LINE_BADGES: Final = {
    "waiting": "plain", "due": "warn", "late": "late", "running": "run", "done": "good", "done_late": "warn"
}  # fmt: skip

NAME: Final = 200


@require_safe
@page(Permission.READ)
def drill_screen(request: Request, code: str, drill: str) -> HttpResponse:
    """Show it, with the buttons for who may throw something in."""
    return render(request, "inspection/leading.html", _screen_context(request, code, drill))


@require_safe
@page(Permission.READ)
def drill_lines(request: Request, code: str, drill: str) -> HttpResponse:
    """Give the timeline alone, as the screen asks for it again and again."""
    return render(request, "inspection/timeline.html", _screen_context(request, code, drill))


@require_POST
@page(Permission.REPORT)
def note_inject(request: Request, code: str, drill: str) -> HttpResponse:
    """Note that something was thrown in, or that it was handled; back to the screen."""
    what, act = request.POST.get("what", "")[:NAME], request.POST.get("act", "")[:NAME]
    drills.note_inject(enterprise=code, drill=drill, what=what, act=act, actor=request.actor)
    return redirect("inspection-drill-screen", code=code, drill=drill)


def _screen_context(request: Request, code: str, drill: str) -> Json:
    _ = words(current())
    report = _find_report(request, code, drill[:NAME])
    if report is None:
        raise Http404
    over = any(one.what == CLOSED and one.at for one in report.timeline)
    here = {"code": code, "drill": drill}
    return {
        "told": report,
        "over": over,
        "lines": [_line(one, _) for one in report.timeline],
        "address": reverse("inspection-drill-lines", kwargs=here),
        "throw": reverse("inspection-drill-inject", kwargs=here),
        "ticket": reverse("complaints-one", kwargs={"code": code, "ticket": drill}),
        "clock": texts.duration_text(report.running_s),
        "may": has_permission(request.actor, code, Permission.REPORT),
    }


def _line(one: TimelineEntry, _: Words) -> Json:
    """A line as the screen shows it; ``acts``: what can be noted of it now."""
    act = GIVEN if not one.at else "" if one.ended_at else HANDLED
    names = {GIVEN: gettext("Inject now"), HANDLED: gettext("Handled")}
    return {
        "what": one.what,
        "by": person(one.by),
        "player": person(one.player),
        "name": texts.timeline_line(one.what, _),
        "who": _(texts.ROLES[one.role]),
        "planned": texts.duration_text(one.due_s),
        "taken": texts.duration_text(one.taken_s),
        "says": _(texts.LINES[one.state]),
        "badge": LINE_BADGES[one.state],
        "acts": [(act, names[act])] if one.thrown and act else [],
    }


MINUTES: Final = {
    "responded": mark("A person responds: minutes after the arrival"),
    "called_back": mark("Call-back: minutes after the arrival"),
    "closed": mark("Ticket closed: minutes after the arrival"),
}
PLAYERS: Final = {"agent": mark("Who responds and calls back"), "lead": mark("Who closes the ticket")}
ASKED: Final = ("source", "phone", *PLAYERS)  # of every drill; the rest of its script is proposed
MINUTE: Final = 60
TREND: Final = 14  # drills, the newest


class DrillForm(forms.Form):
    """Whom the call-back calls, and how many numbers are called."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone of the person playing the complainant"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "A colleague's own number; the call-back goes there. Empty: the call-back is simulated."
        ),
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    calls = forms.IntegerField(
        label=gettext_lazy("Numbers that get a test call"),
        min_value=0,
        max_value=drills.MOST_CALLS,
        initial=drills.CALLS,
    )
    source = forms.ChoiceField(
        label=gettext_lazy("How the complaint arrives"),
        required=False,
        choices=[(one, gettext_lazy(text)) for one, text in texts.SOURCES.items()],
    )
    responded, called_back, closed = (
        forms.IntegerField(
            label=gettext_lazy(label), required=False, min_value=1, max_value=LONGEST_MINUTES, initial=STEPS[step][1]
        )
        for step, label in MINUTES.items()
    )
    thrown = forms.MultipleChoiceField(
        label=gettext_lazy("Drill injects"),
        required=False,
        choices=[(one, gettext_lazy(text)) for one, text in texts.THROWN.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        code = request.enterprise.code
        candidates = list_candidates(code, Permission.MANAGE_DATA)
        for name, label in PLAYERS.items():
            self.fields[name] = PersonField(
                candidates, act=Permission.MANAGE_DATA, reader=request.actor, enterprise=code, label=gettext(label),
                empty=gettext("Whoever is there"), required=False,
            )  # fmt: skip
        self.order_fields([*(name for name in self.fields if name != "thrown"), "thrown"])

    def planned(self) -> DrillPlan:
        """The script."""
        data = self.cleaned_data
        minutes = {step: data[step] for step in MINUTES if data[step] is not None}
        return DrillPlan(
            source=data["source"] or ONE_CLICK,
            minutes=minutes,
            players={role: data[role] for role in PLAYED},
            thrown=data["thrown"],
        )


@require_safe
@page(Permission.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show one drill, the newest unless another is named."""
    _ = words(current())
    ticket = _requested_drill(request)
    report = _find_report(request, code, ticket)
    if report is None and ticket:
        raise Http404
    context: Json = {"may": has_permission(request.actor, code, Permission.REPORT), "told": report}
    context |= {"begin": reverse("inspection-drill-run", kwargs={"code": code})}
    if report is not None:
        history = drills.list_drills(enterprise=code, actor=request.actor)
        heads = (gettext("to fix"), gettext("why"), gettext("quickest fix"))
        rows = [[Cell(text) for text in one] for one in texts.list_remedies(to_builtins(report), _)]
        context |= {
            "state": _(STATES[report.state]),
            "badge": BADGES[report.state],
            "ticket": reverse("complaints-one", kwargs={"code": code, "ticket": report.drill}),
            "screen": reverse("inspection-drill-screen", kwargs={"code": code, "drill": report.drill}),
            "steps": _steps(report, _),
            "folded": [card_table(gettext("What to fix"), heads, rows), _earlier(history, code)],
            "chart": _trend(history, code, _),
        }
    return render(request, "inspection/drill.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def run_drill(request: Request, code: str) -> HttpResponse:
    """Begin a drill; on to its job."""
    posted, door = request.method == "POST", list_doors(code).exists()
    # without an address a drill can only come in as a forward: what cannot work is not offered first
    form = DrillForm(request.POST if posted else None, request=request, initial={} if door else {"source": FORWARD})
    if posted and form.is_valid():
        try:
            params = {name: form.cleaned_data[name] for name in ("phone", "calls")}
            job = drills.enqueue_drill(enterprise=code, actor=request.actor, planned=form.planned(), **params)
            return redirect("data-job", code=code, job=job)
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])  # what helps stands on the page
    context = {
        "form": form,
        "asked": [form[name] for name in ASKED],
        "script": [field for field in form if field.name not in ASKED],
        "door": door,
        "opens": has_permission(request.actor, code, Permission.ADMINISTER),
    }
    return render(request, "inspection/begin.html", context, status=UNPROCESSABLE if posted else 200)


@require_safe
@page(Permission.READ)
def send_report(request: Request, code: str) -> HttpResponse:
    """Give the report as PDF."""
    ticket = _requested_drill(request)
    if _find_report(request, code, ticket) is None:
        raise Http404
    name, content = drills.build_report_pdf(enterprise=code, actor=request.actor, language=current(), name=ticket)
    return as_attachment(HttpResponse(content, content_type=drills.PDF_MEDIA), name)


def _requested_drill(request: Request) -> str:
    return request.GET.get("drill", "")[:NAME]


def _find_report(request: Request, code: str, name: str) -> DrillReport | None:
    try:
        return drills.build_report(enterprise=code, actor=request.actor, name=name)
    except NianjianError as error:
        if error.code != "drill_unknown":
            raise
        return None


def _steps(report: DrillReport, _: Words) -> Table:
    heads = (
        gettext("step"), gettext("state"), gettext("at"), gettext("taken"), gettext("time allowed"), gettext("who"),
        gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(_(texts.STEPS[one.step])),
            Cell(_(STATES[one.state]), badge=BADGES[one.state]),
            Cell(texts.clock_text(one.at)),
            Cell(texts.duration_text(one.taken_s)),
            Cell(texts.duration_text(one.limit_s)),
            Cell(person(one.by) if one.by else "–"),
            Cell(texts.drill_reason(one.why, _)),
        ]
        for one in report.steps
    ]
    return card_table(gettext("Steps"), heads, rows)


def _earlier(history: list[DrillHeld], code: str) -> Table:
    place = reverse("inspection-drill", kwargs={"code": code})
    rows = [
        [
            Cell(one.drill, href=f"{place}?drill={one.drill}"),
            Cell(texts.clock_text(one.begun_at)),
            Cell(person(one.begun_by)),
            *(Cell(texts.duration_text(getattr(one, name)), figure=True) for name in drills.SOON),
        ]
        for one in history
    ]
    heads = (gettext("ticket"), gettext("begun"), gettext("who"))
    figures = (gettext("responded after"), gettext("called back after"), gettext("closed after"))
    return card_table(gettext("All drills"), (*heads, *figures), rows, figures=[3, 4, 5])


def _trend(history: list[DrillHeld], code: str, _: Words) -> SafeString:
    """How fast the newest drills were, the oldest of them first; "" where there is no line to draw."""
    recent = [one for one in reversed(history[:TREND]) if one.responded_s is not None]
    if len(recent) < 2:  # noqa: PLR2004 -- a line needs two points
        return SafeString()
    names = (_("responded after"), _("called back after"), _("closed after"))
    series = []
    for name, title in zip(drills.SOON, names, strict=True):
        lengths = [getattr(one, name) for one in recent]
        points = (Point(None) if one is None else Point(Decimal(one) / MINUTE, texts.duration_text(one))
                  for one in lengths)  # fmt: skip
        series.append(Series(title, tuple(points)))
    place = reverse("inspection-drill", kwargs={"code": code})
    links = tuple(f"{place}?drill={one.drill}" for one in recent)
    caption = _("Minutes after arrival until the latest drills were responded to, called back and closed")
    steps = tuple(texts.clock_text(one.begun_at) for one in recent)
    return SafeString(html_chart(Chart("drills", caption, gettext("begun"), steps, tuple(series), links=links), _))
